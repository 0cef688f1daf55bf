package io.blkwarden.controller.policy;

/** A policy; each kind is a record in a package of its own. */
public interface Policy {
  /** Unique name, as alerts show it. */
  String name();

  /** How far it may go. */
  Mode mode();

  /** What it does. */
  Response then();
}
