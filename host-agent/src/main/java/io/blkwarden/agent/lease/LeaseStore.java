package io.blkwarden.agent.lease;

import java.util.Optional;

/** Where leases outlive the agent's process. */
public interface LeaseStore {
  /**
   * Replaces what is stored, all or nothing: a process that dies in the middle leaves the old or
   * the new state.
   *
   * @return what went wrong; empty when it is stored
   */
  Optional<String> save(StoredLeases leases);

  /** Which of several copies could not be written the last time; empty when all were. */
  default Optional<String> degraded() {
    return Optional.empty();
  }
}
