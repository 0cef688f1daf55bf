package io.blkwarden.controller.throttle;

/** What a command to an agent is for. */
public enum CommandPurpose {
  /** Sets a new lease. */
  START,
  /** Changes the restraint of a lease. */
  MOVE,
  /** Renews a lease. */
  RENEW,
  /** Ends a lease. */
  RELEASE,
  /** Ends all leases of a host. */
  RELEASE_ALL
}
