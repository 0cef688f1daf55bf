package io.blkwarden.agent.backend.type;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import java.util.List;
import java.util.regex.Pattern;

/** A kind of process that serves disks. */
public interface ProcessKind {
  /** The kind of its workers. */
  WorkerKind workers();

  /** Whether a process of this name may be one; others are not read. */
  boolean named(String comm);

  /** Path of its executable. */
  Pattern executable();

  /** What a process of this kind serves; absent when it serves no disks. */
  ReadResult<DiskProcess> read(KernelFiles files, List<Worker> threads, OpenFiles open);
}
