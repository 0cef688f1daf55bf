package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.CommandPurpose;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.controller.throttle.ThrottleEvent.LeaseEnded.Cause;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Outcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns outcomes of commands and leases into events of their throttles. */
record OutcomeHandler(EngineState engine, Throttles throttles, OperatorRequests requests) {
  void take(Outcome outcome) {
    Optional<PendingCommand> pending =
        Optional.ofNullable(outcome.command())
            .flatMap(engine.throttles::peek)
            .filter(command -> command.host().equals(outcome.host()));
    if (pending.isPresent()) {
      engine.throttles.take(pending.get().command());
      answered(pending.get(), outcome);
    } else if (outcome.lease() != null) {
      unsolicited(outcome, outcome.lease());
    }
  }

  /** A command that no agent answered. */
  void lost(MessageId command, String why) {
    engine.throttles.take(command).ifPresent(pending -> lost(pending, why));
  }

  /** Gives up commands whose outcome is overdue, whatever dispatch reports. */
  void giveUpOld() {
    long limit = engine.settings.commandExpiresMillis() + engine.settings.answerMillis();
    for (PendingCommand pending : engine.throttles.sentBefore(engine.millis() - limit)) {
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
      case APPLIED, RENEWED, RELEASED, EXPIRED, GONE, RECOVERED, DONE, ADOPTED ->
          requests.done(pending.pendingRequest());
      case REFUSED, FAILED ->
          requests.failed(pending.pendingRequest(), pending.host() + ": " + sentence(outcome));
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
              staleMap(outcome.refusal()));
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

  private static boolean staleMap(Outcome.@Nullable Refusal refusal) {
    return refusal != null
        && switch (refusal) {
          case STALE_MAPPING, UNKNOWN_DISK, UNRESOLVED, GATE -> true;
          case MALFORMED,
              WRONG_HOST,
              EXPIRED,
              STALE_EPOCH,
              READ_ONLY,
              HELD,
              TOO_MANY_LEASES,
              OVERLOADED ->
              false;
        };
  }

  private void unsolicited(Outcome outcome, MessageId lease) {
    Throttle throttle = engine.throttles.lease(lease);
    if (throttle == null || !throttle.host.equals(outcome.host())) {
      return;
    }
    switch (outcome.result()) {
      case RELEASED, EXPIRED, RECOVERED, GONE -> throttles.apply(throttle, ended(outcome, null));
      case APPLIED, RENEWED, ADOPTED, REFUSED, FAILED, DONE -> {}
    }
  }

  private static String sentence(Outcome outcome) {
    String refusal = outcome.refusal() == null ? "" : " (" + outcome.refusal().wire() + ")";
    return outcome.result().wire() + refusal + ": " + outcome.detail();
  }
}
