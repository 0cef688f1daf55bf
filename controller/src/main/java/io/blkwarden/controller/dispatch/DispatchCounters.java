package io.blkwarden.controller.dispatch;

import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.message.Alert;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts of what was carried out since the start; safe for use by several threads. */
public final class DispatchCounters {
  /** Commands that the engine gave, requests for snapshots not among them. */
  public final LongAdder commands = new LongAdder();

  /** Requests for snapshots. */
  public final LongAdder snapshots = new LongAdder();

  /** Requests to agents, repeated ones too. */
  public final LongAdder attempts = new LongAdder();

  /** Commands that were answered. */
  public final LongAdder answered = new LongAdder();

  /** Commands given up, by time or at the end. */
  public final LongAdder lost = new LongAdder();

  /** Commands refused because too many waited. */
  public final LongAdder refused = new LongAdder();

  /** Answers of agents that could not be read. */
  public final LongAdder malformed = new LongAdder();

  /** Decisions, by verdict. */
  public final Map<Decision.Verdict, LongAdder> decisions = new EnumMap<>(Decision.Verdict.class);

  /** Alerts, by state. */
  public final Map<Alert.State, LongAdder> alerts = new EnumMap<>(Alert.State.class);

  /** Answers to operators. */
  public final LongAdder answers = new LongAdder();

  /** Operators' requests refused because too many waited. */
  public final LongAdder requestsRefused = new LongAdder();

  /** A new set of counts, all 0. */
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
