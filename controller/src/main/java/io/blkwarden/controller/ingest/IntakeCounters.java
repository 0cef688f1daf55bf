package io.blkwarden.controller.ingest;

import io.blkwarden.model.json.Decoded;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts of what came in since the start; safe for use by several threads. */
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

  /** Messages that mean nothing valid, by kind. */
  public final Map<Kind, LongAdder> malformed = adders();

  /** Messages that mean nothing valid, by fault; those from a wrong subject are among them. */
  public final Map<Decoded.Reason, LongAdder> faults = new EnumMap<>(Decoded.Reason.class);

  /** Messages refused because too many waited, by kind; samples never are. */
  public final Map<Kind, LongAdder> refused = adders();

  /** Samples that a later one of the same host replaced before the engine looked. */
  public final LongAdder conflated = new LongAdder();

  /** Outcomes that had come before. */
  public final LongAdder duplicates = new LongAdder();

  /** Samples of hosts beyond the bound on hosts. */
  public final LongAdder hostsRefused = new LongAdder();

  /** Hosts whose snapshot is wanted anew because a message of theirs was refused. */
  public final LongAdder resyncs = new LongAdder();

  /** Inputs that the engine took. */
  public final LongAdder steps = new LongAdder();

  /** Inputs on which the engine failed; each is logged. */
  public final LongAdder stepFailures = new LongAdder();

  /** A new set of counts, all 0. */
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
