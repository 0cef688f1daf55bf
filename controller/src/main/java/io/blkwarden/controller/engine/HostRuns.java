package io.blkwarden.controller.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The runs of agents that report under one host name; tells a restart from two agents at a time.
 *
 * <p>A restart replaces one run by another, and a late message of the old one may still follow. Two
 * agents take turns: a run that was replaced comes back again and again. Runs are remembered for
 * {@link #WINDOW_MILLIS}, at most {@link #RUNS_MAX} besides the current one. Mutable.
 */
final class HostRuns {
  /** How long one of two agents must not report before the other one counts as the only one. */
  static final long WINDOW_MILLIS = 60_000;

  /** How often one run comes back within the window before there are two agents. */
  static final int RETURNS = 3;

  private static final int RUNS_MAX = 4;

  private static final class Run {
    long heardMillis;
    int returns;
    long firstReturnMillis;

    /** Whether it has come back often enough by now. */
    boolean returned(long nowMillis) {
      if (returns == 0 || nowMillis - firstReturnMillis > WINDOW_MILLIS) {
        returns = 0;
        firstReturnMillis = nowMillis;
      }
      returns++;
      return returns >= RETURNS;
    }
  }

  private final Map<UUID, Run> others = new LinkedHashMap<>();
  private @Nullable UUID current;
  private Run ofCurrent = new Run();
  private @Nullable UUID lastBoot;
  private boolean bootsDiffer;
  private boolean duplicate;

  /** Whether more than one agent reports under this name. */
  boolean duplicate() {
    return duplicate;
  }

  /** Whether the agents run on different hosts, as far as their heartbeats tell. */
  boolean bootsDiffer() {
    return bootsDiffer;
  }

  /** Takes the run that a heartbeat names, and the boot of its host. */
  void heard(UUID run, UUID boot, long nowMillis) {
    if (!run.equals(current)) {
      bootsDiffer = lastBoot != null && !lastBoot.equals(boot);
    }
    lastBoot = boot;
    heard(run, nowMillis);
  }

  /** Takes the run that a message names. */
  void heard(UUID run, long nowMillis) {
    if (run.equals(current)) {
      ofCurrent.heardMillis = nowMillis;
      return;
    }
    if (current != null) {
      others.put(current, ofCurrent);
    }
    Run before = others.remove(run);
    if (others.size() > RUNS_MAX) {
      others.remove(others.keySet().iterator().next());
    }
    current = run;
    ofCurrent = before == null ? new Run() : before;
    if (before != null && nowMillis - before.heardMillis <= WINDOW_MILLIS) {
      duplicate |= before.returned(nowMillis);
    }
    ofCurrent.heardMillis = nowMillis;
  }

  /** Ends the state of two agents once only one of them reports; whether it ended just now. */
  boolean settled(long nowMillis) {
    if (!duplicate) {
      return false;
    }
    others.values().removeIf(each -> nowMillis - each.heardMillis > WINDOW_MILLIS);
    if (!others.isEmpty()) {
      return false;
    }
    duplicate = false;
    ofCurrent.returns = 0;
    return true;
  }
}
