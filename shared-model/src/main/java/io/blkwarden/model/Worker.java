package io.blkwarden.model;

import org.jspecify.annotations.Nullable;

/**
 * A task that does a disk's I/O in dom0, with its proof.
 *
 * @param kind kind of worker
 * @param ring ring number from 0; absent when unknown
 * @param pid process or kernel thread id
 * @param startTicks start time in clock ticks since boot; with the pid its identity
 * @param comm name in {@code /proc/<pid>/comm}, may be truncated to 15 characters
 * @param priority last known I/O priority; absent when unreadable
 * @param proof how it was proven
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
