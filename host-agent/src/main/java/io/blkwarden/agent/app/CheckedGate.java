package io.blkwarden.agent.app;

import io.blkwarden.agent.lease.DiskGate;
import io.blkwarden.model.MappedDisk;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A gate whose check runs before the lease lock is taken, because it may block on xenstore. Each
 * result is valid for one command.
 */
final class CheckedGate implements DiskGate {
  private final DiskGate gate;
  private @Nullable MappedDisk checked;
  private Optional<String> objection = Optional.empty();

  CheckedGate(DiskGate gate) {
    this.gate = gate;
  }

  /** Checks the disk of the next command. */
  void check(MappedDisk disk) {
    objection = gate.objection(disk);
    checked = disk;
  }

  @Override
  public Optional<String> objection(MappedDisk disk) {
    boolean valid = disk.equals(checked);
    checked = null;
    return valid ? objection : Optional.of("the disk's backend was not checked");
  }
}
