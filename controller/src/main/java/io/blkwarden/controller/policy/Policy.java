package io.blkwarden.controller.policy;

/** A rule that people write; each kind is a record of its own. */
public sealed interface Policy permits ThresholdPolicy {
  /** Unique name, as alerts carry it. */
  String name();

  /** How far it may go. */
  Mode mode();

  /** Which disks it is about. */
  Match match();

  /** What it does. */
  Response then();
}
