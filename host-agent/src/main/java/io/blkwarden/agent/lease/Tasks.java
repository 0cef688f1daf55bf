package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.WorkerId;

/** Reads the identity of tasks. */
@FunctionalInterface
public interface Tasks {
  /** Reads a task's identity; absent when the task does not exist. */
  ReadResult<Task> read(int pid);

  /**
   * A task in {@code /proc/<pid>/stat}.
   *
   * @param id pid and start time
   * @param comm its name
   * @param kernelThread whether its parent is kthreadd (pid 2) and its flags have PF_KTHREAD
   */
  record Task(WorkerId id, String comm, boolean kernelThread) {}
}
