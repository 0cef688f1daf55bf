package io.blkwarden.controller.dispatch;

import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.message.Alert;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counters of carried-out effects since the start; thread-safe. */
public final class DispatchCounters {
  /** Commands of the engine, without snapshot requests. */
  public final LongAdder commands = new LongAdder();

  /** Snapshot requests. */
  public final LongAdder snapshots = new LongAdder();

  /** Requests to agents, including retries. */
  public final LongAdder attempts = new LongAdder();

  /** Commands that were answered. */
  public final LongAdder answered = new LongAdder();

  /** Abandoned commands. */
  public final LongAdder lost = new LongAdder();

  /** Commands refused because too many were waiting. */
  public final LongAdder refused = new LongAdder();

  /** Invalid answers of agents. */
  public final LongAdder malformed = new LongAdder();

  /** Decisions, by verdict. */
  public final Map<Decision.Verdict, LongAdder> decisions = new EnumMap<>(Decision.Verdict.class);

  /** Alerts, by state. */
  public final Map<Alert.State, LongAdder> alerts = new EnumMap<>(Alert.State.class);

  /** Replies to operators. */
  public final LongAdder answers = new LongAdder();

  /** Refused operators' requests. */
  public final LongAdder requestsRefused = new LongAdder();

  /** Creates counters. */
  public DispatchCounters() {
    for (Decision.Verdict verdict : Decision.Verdict.values()) {
      decisions.put(verdict, new LongAdder());
    }
    for (Alert.State state : Alert.State.values()) {
      alerts.put(state, new LongAdder());
    }
  }

  static <K> void increment(Map<K, LongAdder> counts, K key) {
    LongAdder count = counts.get(key);
    if (count != null) {
      count.increment();
    }
  }
}
