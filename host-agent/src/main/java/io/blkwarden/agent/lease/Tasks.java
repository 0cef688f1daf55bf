package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;

/** Reads the identity of tasks. */
@FunctionalInterface
public interface Tasks {
  /** Reads a task's identity; absent when the task does not exist. */
  ReadResult<TaskStat> read(int pid);
}
