package io.blkwarden.controller.ingest;

import io.blkwarden.controller.snapshot.CounterSet;
import io.blkwarden.model.WireName;
import io.blkwarden.model.json.Decoded;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counters of incoming messages and engine steps since the start; thread-safe. */
public final class IntakeCounters extends CounterSet {
  /** Kinds of messages. */
  public enum Kind implements WireName {
    SAMPLE,
    MAPPING,
    HEARTBEAT,
    OUTCOME,
    OPERATOR
  }

  /** Messages that arrived, by kind. */
  public final Map<Kind, LongAdder> received =
      counters("messages_received_total", "Received messages.", "kind", Kind.class);

  /** Malformed messages, by kind. */
  public final Map<Kind, LongAdder> malformed =
      counters("messages_malformed_total", "Malformed messages.", "kind", Kind.class);

  /** Malformed messages, by fault, including those on a wrong subject. */
  public final Map<Decoded.Reason, LongAdder> faults =
      counters(
          "message_faults_total", "Malformed messages, by fault.", "reason", Decoded.Reason.class);

  /** Messages refused because the backlog was full, by kind; never samples. */
  public final Map<Kind, LongAdder> refused =
      counters(
          "lane_full_total", "Messages refused because the backlog was full.", "kind", Kind.class);

  /** Sample batches replaced by a later one of the same host. */
  public final LongAdder conflated =
      counter("samples_conflated_total", "Sample batches replaced by a later one.");

  /** Duplicate outcomes. */
  public final LongAdder duplicates = counter("outcomes_duplicate_total", "Duplicate outcomes.");

  /** Sample batches of hosts beyond the limit on hosts. */
  public final LongAdder hostsRefused =
      counter("hosts_refused_total", "Sample batches of hosts beyond the limit.");

  /** Resyncs of hosts after a refused message. */
  public final LongAdder resyncs =
      counter("resyncs_total", "Resyncs of hosts after a refused message.");

  /** Inputs that the engine processed. */
  public final LongAdder steps = counter("steps_total", "Inputs that the engine processed.");

  /** Inputs on which the engine failed; each is logged. */
  public final LongAdder stepFailures =
      counter("step_failures_total", "Inputs on which the engine failed.");
}
