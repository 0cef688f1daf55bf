package io.blkwarden.agent.lease;

import io.blkwarden.model.MappedDisk;
import java.util.Optional;

/**
 * The check of a disk's backend right before its workers are changed: its xenstore node and sysfs
 * must still agree with the mapping.
 */
@FunctionalInterface
public interface DiskGate {
  /**
   * Reads the backend's current state.
   *
   * @return the difference from the mapping, with expected and found values; empty when equal
   */
  Optional<String> objection(MappedDisk disk);
}
