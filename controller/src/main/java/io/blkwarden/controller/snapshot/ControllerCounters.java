package io.blkwarden.controller.snapshot;

import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.WireName;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The counters of the controller since its start, with their names as metrics; thread-safe. */
public final class ControllerCounters {
  private final List<Counter> all = new ArrayList<>();

  /**
   * A counter.
   *
   * @param label name of the label; empty for a single series
   * @param series by the value of the label
   */
  public record Counter(String name, String help, String label, Map<String, LongAdder> series) {}

  /** Kinds of incoming messages. */
  public enum Kind implements WireName {
    SAMPLE,
    MAPPING,
    HEARTBEAT,
    OUTCOME,
    OPERATOR
  }

  /** Kinds of receivers of alerts. */
  public enum Receiver {
    ALERTMANAGER,
    WEBHOOK
  }

  /**
   * Counts of a kind of messages for a stream.
   *
   * @param published stored by NATS
   * @param retried attempts that were not acknowledged and are repeated
   * @param lost dropped because the queue was full, or can never be stored; each is logged
   * @param discarded because another controller publishes them
   * @param folded dropped because the queue was full and a later state waits
   */
  public record Published(
      LongAdder published,
      LongAdder retried,
      LongAdder lost,
      LongAdder discarded,
      LongAdder folded) {}

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

  /** Commands of the engine, without snapshot requests. */
  public final LongAdder commands = counter("commands_total", "Commands of the engine.");

  /** Snapshot requests. */
  public final LongAdder snapshots = counter("snapshot_requests_total", "Snapshot requests.");

  /** Requests to agents, including retries. */
  public final LongAdder attempts =
      counter("command_attempts_total", "Requests to agents, including retries.");

  /** Commands that were answered. */
  public final LongAdder answered =
      counter("commands_answered_total", "Commands that were answered.");

  /** Abandoned commands. */
  public final LongAdder commandsLost = counter("commands_lost_total", "Abandoned commands.");

  /** Commands refused because too many were waiting. */
  public final LongAdder commandsRefused =
      counter("commands_refused_total", "Commands refused because too many were waiting.");

  /** Invalid answers of agents. */
  public final LongAdder answersMalformed =
      counter("answers_malformed_total", "Invalid answers of agents.");

  /** Decisions, by verdict. */
  public final Map<Decision.Verdict, LongAdder> decisionsByVerdict =
      counters("decisions_total", "Decisions.", "verdict", Decision.Verdict.class);

  /** Alerts, by state. */
  public final Map<Alert.State, LongAdder> alertsByState =
      counters(
          "alerts_total", "Alerts, by state, counted at each change.", "state", Alert.State.class);

  /** Replies to operators. */
  public final LongAdder answers = counter("operator_answers_total", "Replies to operators.");

  /** Refused operators' requests. */
  public final LongAdder requestsRefused =
      counter(
          "operator_refused_total", "Operators' requests refused because too many were waiting.");

  /** Reconnections. */
  public final LongAdder reconnects = counter("nats_reconnects_total", "Reconnections to NATS.");

  /** Times that a subscription was too slow, so that jnats dropped messages. */
  public final LongAdder slowConsumers =
      counter(
          "nats_slow_spells_total", "Times that messages arrived faster than they were processed.");

  /** Outgoing messages that were dropped because the socket accepted no more. */
  public final LongAdder discarded =
      counter(
          "nats_discarded_total", "Outgoing messages dropped because the socket accepted no more.");

  /** Errors that the server or the connection reported. */
  public final LongAdder errors = counter("nats_errors_total", "Errors reported by NATS.");

  /** Alerts. */
  public final Published alerts =
      new Published(
          counter("alerts_published_total", "Alerts stored by NATS."),
          counter("alerts_retried_total", "Failed attempts to publish an alert."),
          counter("alerts_lost_total", "Alerts lost because the queue was full; each is logged."),
          counter("alerts_left_total", "Alert states discarded because another controller leads."),
          counter(
              "alerts_folded_total",
              "Intermediate alert states dropped because the queue was full."));

  private final LongAdder decisionsLost =
      counter("decisions_lost_total", "Decisions lost because the queue was full; each is logged.");

  /** Decisions, which are neither discarded nor folded. */
  public final Published decisions =
      new Published(
          counter("decisions_published_total", "Decisions stored by NATS."),
          counter("decisions_retried_total", "Failed attempts to publish a decision."),
          decisionsLost,
          decisionsLost,
          decisionsLost);

  /** Implausible epochs in heartbeats, which were ignored. */
  public final LongAdder epochsIgnored =
      counter(
          "epochs_ignored_total",
          "Heartbeats with an epoch more than a day ahead of this controller's clock, which is"
              + " ignored.");

  /** Times that this controller became leader. */
  public final LongAdder leadershipGained =
      counter("claims_total", "Times that this controller became leader.");

  /** Alerts that a receiver accepted, by kind of receiver. */
  public final Map<Receiver, LongAdder> notificationsSent =
      counters("pages_sent_total", "Alerts that a receiver accepted.", "receiver", Receiver.class);

  /** Failed requests to receivers, including retries. */
  public final Map<Receiver, LongAdder> notificationsFailed =
      counters("page_requests_failed_total", "Failed requests.", "receiver", Receiver.class);

  /** Alerts dropped, because a queue was full or after the last attempt; each is logged. */
  public final Map<Receiver, LongAdder> notificationsDropped =
      counters("pages_dropped_total", "Alerts that were dropped.", "receiver", Receiver.class);

  /** Alerts dropped because too many waited for the thread that notifies. */
  public final LongAdder notificationsOverflow =
      counter("pages_overflow_total", "Alerts dropped before they were passed to receivers.");

  /** All counters. */
  public List<Counter> all() {
    return all;
  }

  /** Adds to the counter of a constant. */
  public static <K> void add(Map<K, LongAdder> counts, K key, long count) {
    LongAdder counter = counts.get(key);
    if (counter != null) {
      counter.add(count);
    }
  }

  /** Increments the counter of a constant. */
  public static <K> void increment(Map<K, LongAdder> counts, K key) {
    add(counts, key, 1);
  }

  private LongAdder counter(String name, String help) {
    LongAdder counter = new LongAdder();
    all.add(new Counter(name, help, "", Map.of("", counter)));
    return counter;
  }

  /** Adds a counter for each constant, which is the value of the label in lower case. */
  private <K extends Enum<K>> Map<K, LongAdder> counters(
      String name, String help, String label, Class<K> keys) {
    Map<K, LongAdder> counters = new EnumMap<>(keys);
    Map<String, LongAdder> series = new LinkedHashMap<>();
    for (K key : keys.getEnumConstants()) {
      LongAdder counter = new LongAdder();
      counters.put(key, counter);
      series.put(key.name().toLowerCase(Locale.ROOT), counter);
    }
    all.add(new Counter(name, help, label, series));
    return Collections.unmodifiableMap(counters);
  }
}
