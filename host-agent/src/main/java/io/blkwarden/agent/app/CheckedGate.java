package io.blkwarden.agent.app;

import io.blkwarden.agent.lease.DiskGate;
import io.blkwarden.model.MappedDisk;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives the answer that was got right before the leases were taken hold of, as the gate behind it
 * may have to wait for xenstore. Each answer serves one command.
 */
final class CheckedGate implements DiskGate {
  private final DiskGate gate;
  private @Nullable MappedDisk asked;
  private Optional<String> answer = Optional.empty();

  CheckedGate(DiskGate gate) {
    this.gate = gate;
  }

  /** Looks at the disk that the next command is about. */
  void ask(MappedDisk disk) {
    answer = gate.objection(disk);
    asked = disk;
  }

  @Override
  public Optional<String> objection(MappedDisk disk) {
    boolean looked = disk.equals(asked);
    asked = null;
    return looked ? answer : Optional.of("the disk's backend was not looked at");
  }
}
