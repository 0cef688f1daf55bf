package io.blkwarden.model;

/**
 * The identity of a task: pid and start time, because pids are reused.
 *
 * @param pid 1 to 4194304 ({@code PID_MAX_LIMIT})
 * @param startTicks field 22 of {@code /proc/<pid>/stat}, in clock ticks since boot
 */
public record WorkerId(int pid, long startTicks) {
  /** Highest pid ({@code PID_MAX_LIMIT}). */
  public static final int MAX_PID = 4_194_304;

  public WorkerId {
    Require.within(pid, 1, MAX_PID, "worker.pid");
    Require.within(startTicks, 0, Long.MAX_VALUE, "worker.start_ticks");
  }
}
