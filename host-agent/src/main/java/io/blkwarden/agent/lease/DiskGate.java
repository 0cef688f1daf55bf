package io.blkwarden.agent.lease;

import io.blkwarden.model.MappedDisk;
import java.util.Optional;

/**
 * The look at a disk's backend right before its workers are touched: its xenstore node and sysfs
 * must still say what the mapping says.
 */
@FunctionalInterface
public interface DiskGate {
  /**
   * Reads the backend's present state.
   *
   * @return what differs from the mapping, with what was expected and found; empty when all agrees
   */
  Optional<String> objection(MappedDisk disk);
}
