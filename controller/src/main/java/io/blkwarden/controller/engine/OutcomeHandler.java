package io.blkwarden.controller.engine;

import io.blkwarden.controller.engine.ThrottleTable.PendingCommand;
import io.blkwarden.controller.throttle.CommandPurpose;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.controller.throttle.ThrottleEvent.LeaseEnded.Cause;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Outcome;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns outcomes of commands and leases into events of their throttles. */
record OutcomeHandler(EngineState engine, Throttles throttles, PendingRequests requests) {
  /** Refusals because the agent's map has changed. */
  private static final Set<Outcome.Refusal> STALE_MAP =
      EnumSet.of(
          Outcome.Refusal.STALE_MAPPING,
          Outcome.Refusal.UNKNOWN_DISK,
          Outcome.Refusal.UNRESOLVED,
          Outcome.Refusal.GATE);

  /** Results that end a lease. */
  private static final Set<Outcome.Result> ENDED =
      EnumSet.of(
          Outcome.Result.RELEASED,
          Outcome.Result.EXPIRED,
          Outcome.Result.GONE,
          Outcome.Result.RECOVERED);

  void handle(Outcome outcome) {
    PendingCommand pending = engine.throttleTable.pending(outcome.command());
    Throttle leased = engine.throttleTable.lease(outcome.lease());
    if (pending != null && pending.host().equals(outcome.host())) {
      engine.throttleTable.removePending(pending.command());
      answered(pending, outcome);
    } else if (leased != null
        && leased.host.equals(outcome.host())
        && ENDED.contains(outcome.result())) {
      throttles.apply(leased, ended(outcome, null));
    }
  }

  /** Handles a command that no agent answered. */
  void lost(MessageId command, String why) {
    PendingCommand pending = engine.throttleTable.removePending(command);
    if (pending != null) {
      lost(pending, why);
    }
  }

  /** Gives up commands whose outcome is overdue, even if dispatch has not reported them. */
  void giveUpOld() {
    long limit = engine.settings.commandExpiresMillis() + EngineSettings.ANSWER_MILLIS;
    for (PendingCommand pending : engine.throttleTable.sentBefore(engine.millis() - limit)) {
      lost(pending.command(), "no outcome came in %d ms".formatted(limit));
    }
  }

  private void lost(PendingCommand pending, String why) {
    requests.failed(pending.pendingRequest(), pending.host() + ": " + why);
    if (pending.throttle() != null) {
      throttles.apply(
          pending.throttle(),
          new ThrottleEvent.Unanswered(pending.purpose(), pending.restraint(), why));
    }
  }

  private void answered(PendingCommand pending, Outcome outcome) {
    Throttle throttle = pending.throttle();
    if (throttle != null) {
      throttles.apply(throttle, event(pending, outcome));
    }
    switch (outcome.result()) {
      case REFUSED, FAILED ->
          requests.failed(pending.pendingRequest(), pending.host() + ": " + sentence(outcome));
      default -> requests.done(pending.pendingRequest());
    }
  }

  private static ThrottleEvent event(PendingCommand pending, Outcome outcome) {
    return switch (outcome.result()) {
      case APPLIED, RENEWED, ADOPTED ->
          new ThrottleEvent.Applied(
              outcome.result() == Outcome.Result.ADOPTED ? CommandPurpose.RENEW : pending.purpose(),
              pending.restraint(),
              outcome.at(),
              outcome.remainingMs(),
              outcome.workers().stream()
                  .map(worker -> new Alert.AlertWorker(worker.pid(), worker.comm()))
                  .toList());
      case RELEASED, EXPIRED, GONE, RECOVERED, DONE -> ended(outcome, pending.purpose());
      case REFUSED, FAILED ->
          new ThrottleEvent.Rejected(
              pending.purpose(),
              pending.restraint(),
              sentence(outcome),
              outcome.result() == Outcome.Result.FAILED,
              outcome.refusal() != null && STALE_MAP.contains(outcome.refusal()));
    };
  }

  private static ThrottleEvent ended(Outcome outcome, @Nullable CommandPurpose answerTo) {
    Cause cause =
        outcome.cause() == Outcome.Cause.UNDONE
            ? Cause.UNDONE
            : outcome.result() == Outcome.Result.RELEASED
                ? Cause.RELEASED
                : outcome.result() == Outcome.Result.RECOVERED ? Cause.RECOVERED : Cause.EXPIRED;
    String detail = cause == Cause.UNDONE ? outcome.detail() : sentence(outcome);
    return new ThrottleEvent.LeaseEnded(cause, detail, answerTo, outcome.at());
  }

  private static String sentence(Outcome outcome) {
    String refusal = outcome.refusal() == null ? "" : " (" + outcome.refusal().wire() + ")";
    return outcome.result().wire() + refusal + ": " + outcome.detail();
  }
}
