package io.blkwarden.controller.ingest;

import io.blkwarden.model.json.Decoded;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counters of incoming messages and engine steps since the start; thread-safe. */
public final class IntakeCounters {
  /** Kinds of messages. */
  public enum Kind {
    SAMPLE,
    MAPPING,
    HEARTBEAT,
    OUTCOME,
    OPERATOR;

    /** Name in metrics. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Messages that arrived, by kind. */
  public final Map<Kind, LongAdder> received = adders();

  /** Malformed messages, by kind. */
  public final Map<Kind, LongAdder> malformed = adders();

  /** Malformed messages, by fault, including those on a wrong subject. */
  public final Map<Decoded.Reason, LongAdder> faults = new EnumMap<>(Decoded.Reason.class);

  /** Messages refused because the backlog was full, by kind; never samples. */
  public final Map<Kind, LongAdder> refused = adders();

  /** Sample batches replaced by a later one of the same host. */
  public final LongAdder conflated = new LongAdder();

  /** Duplicate outcomes. */
  public final LongAdder duplicates = new LongAdder();

  /** Sample batches of hosts beyond the limit on hosts. */
  public final LongAdder hostsRefused = new LongAdder();

  /** Resyncs of hosts after a refused message. */
  public final LongAdder resyncs = new LongAdder();

  /** Inputs that the engine processed. */
  public final LongAdder steps = new LongAdder();

  /** Inputs on which the engine failed; each is logged. */
  public final LongAdder stepFailures = new LongAdder();

  /** Creates counters. */
  public IntakeCounters() {
    for (Decoded.Reason reason : Decoded.Reason.values()) {
      faults.put(reason, new LongAdder());
    }
  }

  static void increment(Map<Kind, LongAdder> counts, Kind kind) {
    LongAdder count = counts.get(kind);
    if (count != null) {
      count.increment();
    }
  }

  private static Map<Kind, LongAdder> adders() {
    Map<Kind, LongAdder> adders = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      adders.put(kind, new LongAdder());
    }
    return adders;
  }
}
