package io.blkwarden.controller.engine;

import java.util.LinkedHashMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The agent runs that report under one host name; distinguishes a restart from duplicate agents.
 *
 * <p>After a restart a late message of the old run may still arrive. With two agents a replaced run
 * returns again and again. Runs are kept for {@link #WINDOW_MILLIS}, at most {@link #RUNS_MAX}
 * besides the current one. Mutable.
 */
final class HostRuns {
  /** How long one of two agents must be absent before the other one counts as the only one. */
  static final long WINDOW_MILLIS = 60_000;

  /** How often a run must return within the window to count as a second agent. */
  static final int RETURNS = 3;

  private static final int RUNS_MAX = 4;

  private static final class Run {
    long lastMillis;
    int returns;
    long firstReturnMillis;

    /** Whether it has returned often enough. */
    boolean countReturn(long nowMillis) {
      if (returns == 0 || nowMillis - firstReturnMillis > WINDOW_MILLIS) {
        returns = 0;
        firstReturnMillis = nowMillis;
      }
      returns++;
      return returns >= RETURNS;
    }
  }

  private final LinkedHashMap<UUID, Run> others = new LinkedHashMap<>();
  private @Nullable UUID current;
  private Run ofCurrent = new Run();
  private @Nullable UUID lastBoot;

  /** Whether the heartbeats come from different boots, so from different hosts. */
  boolean bootsDiffer;

  /** Whether more than one agent reports under this name. */
  boolean duplicate;

  /** Records the run of a message, and the boot, which only heartbeats name. */
  void record(UUID run, @Nullable UUID boot, long nowMillis) {
    if (boot != null) {
      bootsDiffer = run.equals(current) ? bootsDiffer : lastBoot != null && !lastBoot.equals(boot);
      lastBoot = boot;
    }
    if (run.equals(current)) {
      ofCurrent.lastMillis = nowMillis;
      return;
    }
    if (current != null) {
      others.put(current, ofCurrent);
    }
    Run before = others.remove(run);
    if (others.size() > RUNS_MAX) {
      others.pollFirstEntry();
    }
    current = run;
    ofCurrent = before == null ? new Run() : before;
    if (before != null && nowMillis - before.lastMillis <= WINDOW_MILLIS) {
      duplicate |= before.countReturn(nowMillis);
    }
    ofCurrent.lastMillis = nowMillis;
  }

  /** Clears the duplicate state once only one agent reports; whether it was cleared now. */
  boolean settled(long nowMillis) {
    if (!duplicate) {
      return false;
    }
    others.values().removeIf(each -> nowMillis - each.lastMillis > WINDOW_MILLIS);
    if (!others.isEmpty()) {
      return false;
    }
    duplicate = false;
    ofCurrent.returns = 0;
    return true;
  }
}
