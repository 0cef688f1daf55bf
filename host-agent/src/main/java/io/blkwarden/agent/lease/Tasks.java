package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.WorkerId;

/** Who a pid is just now. */
@FunctionalInterface
public interface Tasks {
  /** Reads a task's identity; absent when there is no such task. */
  ReadResult<Task> read(int pid);

  /**
   * A task, as {@code /proc/<pid>/stat} has it.
   *
   * @param id pid and start time
   * @param comm its name
   * @param kernelThread whether its parent is kthreadd (pid 2) and its flags have PF_KTHREAD
   */
  record Task(WorkerId id, String comm, boolean kernelThread) {}
}
