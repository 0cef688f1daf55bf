package io.blkwarden.controller.dispatch;

import io.blkwarden.controller.snapshot.CounterSet;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.message.Alert;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counters of carried-out effects since the start; thread-safe. */
public final class DispatchCounters extends CounterSet {
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
  public final LongAdder lost = counter("commands_lost_total", "Abandoned commands.");

  /** Commands refused because too many were waiting. */
  public final LongAdder refused =
      counter("commands_refused_total", "Commands refused because too many were waiting.");

  /** Invalid answers of agents. */
  public final LongAdder malformed =
      counter("answers_malformed_total", "Invalid answers of agents.");

  /** Decisions, by verdict. */
  public final Map<Decision.Verdict, LongAdder> decisions =
      counters("decisions_total", "Decisions.", "verdict", Decision.Verdict.class);

  /** Alerts, by state. */
  public final Map<Alert.State, LongAdder> alerts =
      counters(
          "alerts_total", "Alerts, by state, counted at each change.", "state", Alert.State.class);

  /** Replies to operators. */
  public final LongAdder answers = counter("operator_answers_total", "Replies to operators.");

  /** Refused operators' requests. */
  public final LongAdder requestsRefused =
      counter(
          "operator_refused_total", "Operators' requests refused because too many were waiting.");
}
