package io.blkwarden.model;

import org.jspecify.annotations.Nullable;

/**
 * A task that does a disk's I/O in dom0, with the proof that it does.
 *
 * @param kind what it is
 * @param ring which ring it serves, from 0; absent where the name does not tell
 * @param pid process (for a kernel thread: task) number
 * @param startTicks when it started, in clock ticks since boot; with the pid its identity
 * @param comm its name, as {@code /proc/<pid>/comm} has it, possibly cut to 15 characters
 * @param priority its I/O priority when it was last read; absent when it could not be read
 * @param proof how it was tied to the disk
 */
public record Worker(
    WorkerKind kind,
    @Nullable Integer ring,
    int pid,
    long startTicks,
    String comm,
    @Nullable IoPriority priority,
    Proof proof) {
  public Worker {
    Require.present(kind, "worker.kind");
    Require.within(ring == null ? 0 : ring, 0, 1023, "worker.ring");
    Require.within(pid, 1, WorkerId.MAX_PID, "worker.pid");
    Require.within(startTicks, 0, Long.MAX_VALUE, "worker.start_ticks");
    Require.text(comm, 64, "worker.comm");
    Require.present(proof, "worker.proof");
  }

  /** Pid and start time. */
  public WorkerId id() {
    return new WorkerId(pid, startTicks);
  }
}
