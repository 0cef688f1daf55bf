package io.blkwarden.controller.policy;

/** A rule that people write; each kind is a record of its own. */
public sealed interface Policy permits DiskPolicy, FleetPolicy {
  /** Unique name, as alerts carry it. */
  String name();

  /** How far it may go. */
  Mode mode();

  /** What it does. */
  Response then();
}
