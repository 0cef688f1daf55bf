package io.blkwarden.agent.backend;

import io.blkwarden.agent.backend.blkback.Blkback;
import io.blkwarden.agent.backend.qdisk.Qdisk;
import io.blkwarden.agent.backend.qdisk.QemuProcess;
import io.blkwarden.agent.backend.tapdisk.Tapdisk;
import io.blkwarden.agent.backend.tapdisk.TapdiskProcess;
import io.blkwarden.agent.backend.type.BackendType;
import io.blkwarden.agent.backend.type.DiskProcesses;
import io.blkwarden.agent.backend.type.ProcessKind;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.IoPriority;
import java.util.List;
import java.util.function.IntFunction;

/** All backend types. */
public final class BackendTypes {
  private static final List<ProcessKind> PROCESSES =
      List.of(new TapdiskProcess(), new QemuProcess());

  private BackendTypes() {}

  /**
   * Reads the processes that serve disks.
   *
   * @param priorities reads the I/O priority of a task
   */
  public static DiskProcesses processes(
      KernelFiles files, IntFunction<ReadResult<IoPriority>> priorities) {
    return new DiskProcesses(files, priorities, PROCESSES);
  }

  /** The type of a kind. */
  public static BackendType of(BackendKind kind) {
    return switch (kind) {
      case VBD -> new Blkback();
      case VBD3 -> new Tapdisk();
      case TAP -> new Tapdisk.OldBlktap();
      case QDISK -> new Qdisk();
    };
  }
}
