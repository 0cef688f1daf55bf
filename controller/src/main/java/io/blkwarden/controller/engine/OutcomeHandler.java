package io.blkwarden.controller.engine;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Outcome;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes what became of commands and leases. */
final class OutcomeHandler {
  private static final long RETRY_MILLIS = 2_000;

  /** How often a breach's throttle may be undone by others before no more is tried. */
  private static final int UNDONE_MAX = 2;

  private static final long UNDONE_REST_MILLIS = 60_000;

  private final EngineState engine;
  private final AlertPublisher alerts;
  private final OperatorRequests asks;

  OutcomeHandler(EngineState engine, AlertPublisher alerts, OperatorRequests asks) {
    this.engine = engine;
    this.alerts = alerts;
    this.asks = asks;
  }

  void take(Outcome outcome) {
    Optional<PendingCommand> pending =
        Optional.ofNullable(outcome.command())
            .flatMap(engine.throttles::peek)
            .filter(command -> command.host().equals(outcome.host()));
    if (pending.isPresent()) {
      engine.throttles.take(pending.get().command());
      answered(pending.get(), outcome);
    } else if (outcome.lease() != null) {
      byItself(outcome, outcome.lease());
    }
  }

  /** A command that no agent answered. */
  void lost(MessageId command, String why) {
    engine.throttles.take(command).ifPresent(pending -> lost(pending, why));
  }

  /** Gives up what has waited too long, whatever dispatch says. */
  void giveUpOld() {
    long limit = engine.settings.commandExpiresMillis() + engine.settings.answerMillis();
    for (PendingCommand pending : engine.throttles.sentBefore(engine.millis() - limit)) {
      lost(pending.command(), "no outcome came in %d ms".formatted(limit));
    }
  }

  private void lost(PendingCommand pending, String why) {
    asks.failed(pending.pendingRequest(), pending.host() + ": " + why);
    Throttle throttle = pending.throttle();
    if (throttle == null) {
      return;
    }
    switch (pending.purpose()) {
      case START -> {
        // it may be held all the same: it counts, and is released, until the host says otherwise
        throttle.heldSinceMillis = engine.millis();
        rest(throttle, "no answer from the host's agent: " + why, false);
      }
      case RENEW -> later(throttle);
      case MOVE -> {
        later(throttle);
        notMoved(throttle, pending, why);
      }
      case RELEASE, RELEASE_ALL -> {}
    }
  }

  private void answered(PendingCommand pending, Outcome outcome) {
    Throttle throttle = pending.throttle();
    switch (outcome.result()) {
      case APPLIED, RENEWED -> {
        if (throttle != null) {
          applied(throttle, pending, outcome);
        }
        asks.done(pending.pendingRequest());
      }
      case RELEASED, EXPIRED, GONE, RECOVERED, DONE -> {
        if (throttle != null) {
          boolean wanted = pending.purpose() == PendingCommand.Purpose.RELEASE;
          ended(throttle, outcome, wanted);
        }
        asks.done(pending.pendingRequest());
      }
      case ADOPTED -> asks.done(pending.pendingRequest());
      case REFUSED, FAILED -> {
        refused(pending, outcome);
        asks.failed(pending.pendingRequest(), pending.host() + ": " + sentence(outcome));
      }
    }
  }

  private void applied(Throttle throttle, PendingCommand pending, Outcome outcome) {
    Restraint before = throttle.restraint;
    boolean changed = pending.purpose() != PendingCommand.Purpose.RENEW;
    Restraint set = pending.restraint();
    Long remaining = outcome.remainingMs();
    long left = remaining == null ? throttle.leaseMillis : Math.max(0, remaining);
    if (throttle.stage == Throttle.Stage.REQUESTED) {
      throttle.stage = Throttle.Stage.HELD;
    }
    throttle.restraint = set == null ? throttle.restraint : set;
    throttle.setAt = outcome.at();
    throttle.endsMillis = engine.millis() + left;
    throttle.renewMillis = engine.millis() + left / 2;
    throttle.beatsWithout = 0;
    if (!outcome.workers().isEmpty()) {
      throttle.workers =
          outcome.workers().stream()
              .map(worker -> new Alert.AlertWorker(worker.pid(), worker.comm()))
              .toList();
    }
    if (changed) {
      throttle.heldSinceMillis = engine.millis();
      throttle.appliedMillis = engine.millis();
      throttle.judgements = 0;
      throttle.worked = false;
      throttle.doubts = 0;
      throttle.changesNothing = false;
      throttle.effectOpen = evaluates(throttle);
      throttle.judgeMillis =
          engine.millis() + engine.settings.settleMillis() + engine.settings.effectWindowMillis();
    }
    ofOwner(
        throttle,
        (tracker, evaluation, breach) -> {
          if (changed) {
            breach.attempts = 0;
            if (pending.purpose() == PendingCommand.Purpose.MOVE) {
              boolean climbed = breach.effect == Alert.Effect.NO_EFFECT;
              breach.note = climbed ? before + " had no effect" : "";
              int rung = evaluation.policy.then().ladder().indexOf(throttle.restraint);
              breach.step = rung < 0 ? breach.step : rung;
            }
            breach.effect = Alert.Effect.UNKNOWN;
            breach.proposal = null; // carried out: the next rung is asked for anew
          }
          alerts.refresh(tracker, evaluation);
        });
  }

  private void refused(PendingCommand pending, Outcome outcome) {
    Throttle throttle = pending.throttle();
    if (throttle == null) {
      return;
    }
    boolean stale = staleMap(outcome.refusal());
    HostTracker tracker = engine.hosts.get(pending.host());
    if (stale && tracker != null) {
      engine.requestMap(tracker);
    }
    switch (pending.purpose()) {
      case START -> rejected(throttle, sentence(outcome), stale);
      case MOVE, RENEW -> {
        if (outcome.result() == Outcome.Result.FAILED) {
          rejected(throttle, sentence(outcome), false);
        } else {
          later(throttle);
          if (pending.purpose() == PendingCommand.Purpose.MOVE) {
            notMoved(throttle, pending, sentence(outcome));
          }
        }
      }
      case RELEASE, RELEASE_ALL -> {}
    }
  }

  /** The throttle stands where it stood; after some tries it is left there. */
  private void notMoved(Throttle throttle, PendingCommand pending, String why) {
    ofOwner(
        throttle,
        (tracker, evaluation, breach) -> {
          breach.attempts++;
          throttle.effectOpen &= breach.attempts < engine.settings.attempts();
          breach.lastDecision = "";
          breach.note = "%s was not set: %s".formatted(pending.restraint(), why);
          alerts.refresh(tracker, evaluation);
        });
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

  /** Forgets a throttle that was not set; its breach tries again after a rest. */
  private void rejected(Throttle throttle, String why, boolean stale) {
    engine.throttles.remove(throttle, engine.millis());
    ofOwner(throttle, (tracker, evaluation, breach) -> breach.throttle = null);
    rest(throttle, why, stale);
  }

  private void rest(Throttle throttle, String why, boolean stale) {
    ofOwner(
        throttle,
        (tracker, evaluation, breach) -> {
          breach.attempts++;
          boolean exhausted = breach.attempts >= engine.settings.attempts();
          breach.restUntilMillis =
              engine.millis()
                  + (exhausted ? engine.settings.restMillis() : RETRY_MILLIS * breach.attempts);
          breach.awaitsSnapshot = stale && !exhausted;
          breach.attempts = exhausted ? 0 : breach.attempts;
          breach.lastDecision = "";
          breach.note = "not throttled: " + why;
          alerts.refresh(tracker, evaluation);
        });
  }

  /** Tries to renew or to climb again after an eighth of the lease. */
  private void later(Throttle throttle) {
    throttle.renewMillis = engine.millis() + Math.max(1_000, throttle.leaseMillis / 8);
    throttle.judgeMillis = engine.millis() + engine.settings.effectWindowMillis();
    throttle.effectOpen = evaluates(throttle);
  }

  /** Of a standing throttle only whether it changes anything is evaluated. */
  private static boolean evaluates(Throttle throttle) {
    return throttle.owner != null
        && (throttle.before.samples() > 0 || throttle.owner.policy.isStanding());
  }

  private void byItself(Outcome outcome, MessageId lease) {
    Throttle throttle = engine.throttles.lease(lease);
    if (throttle == null || !throttle.host.equals(outcome.host())) {
      return;
    }
    if (throttle.setAt != null && outcome.at().isBefore(throttle.setAt)) {
      return; // the word of an earlier life of the agent; were it right, heartbeats would say so
    }
    boolean asked = throttle.stage != Throttle.Stage.ENDING && throttle.pending != null;
    if (asked && outcome.result() == Outcome.Result.RECOVERED) {
      return; // the agent that began anew may still carry the command out: its answer decides
    }
    switch (outcome.result()) {
      case RELEASED, EXPIRED, RECOVERED, GONE ->
          ended(throttle, outcome, throttle.stage == Throttle.Stage.ENDING);
      case APPLIED, RENEWED, ADOPTED, REFUSED, FAILED, DONE -> {}
    }
  }

  private void ended(Throttle throttle, Outcome outcome, boolean wanted) {
    if (!wanted && outcome.cause() == Outcome.Cause.UNDONE) {
      undone(throttle, outcome);
      return;
    }
    // someone on the host ended it: do not set it again at once
    boolean byOthers = !wanted && outcome.result() == Outcome.Result.RELEASED;
    ended(throttle, "the lease ended: " + sentence(outcome), byOthers, wanted);
  }

  /**
   * Someone else on the host wants another priority there. It is tried once more after a rest, on
   * the same rung, for nothing is known of that rung's effect; then it is left to people.
   */
  private void undone(Throttle throttle, Outcome outcome) {
    Evaluation owner = throttle.owner;
    Breach breach = owner == null ? null : owner.breach;
    boolean again = breach != null && ++breach.undone < UNDONE_MAX;
    String next =
        again
            ? "it is tried once more in %d s".formatted(UNDONE_REST_MILLIS / 1_000)
            : "it is not tried again: stop what changes it, such as xenopsd's QoS of a disk";
    String why =
        "something else on the host has undone its throttle (%s); %s"
            .formatted(outcome.detail(), next);
    ended(throttle, why, !again, false);
    if (breach != null && again) {
      breach.restUntilMillis = engine.millis() + UNDONE_REST_MILLIS;
    }
  }

  /** Forgets a throttle that is over. */
  void ended(Throttle throttle, String why, boolean letGo, boolean wanted) {
    engine.throttles.remove(throttle, engine.millis());
    ofOwner(
        throttle,
        (tracker, evaluation, breach) -> {
          if (!wanted) {
            breach.note = why;
            breach.lastDecision = "";
            breach.effect = Alert.Effect.UNKNOWN; // what is over has no effect on what goes on
            breach.before = null;
            breach.after = null;
          }
          breach.done |= letGo;
          breach.throttle = null;
          alerts.refresh(tracker, evaluation);
        });
  }

  private interface OwnerChange {
    void change(HostTracker tracker, Evaluation evaluation, Breach breach);
  }

  private void ofOwner(Throttle throttle, OwnerChange change) {
    HostTracker tracker = engine.hosts.get(throttle.host);
    Evaluation owner = throttle.owner;
    Breach breach = owner == null ? null : owner.breach;
    if (tracker != null && owner != null && breach != null) {
      change.change(tracker, owner, breach);
    }
  }

  private static String sentence(Outcome outcome) {
    String refusal =
        Objects.toString(
            Optional.ofNullable(outcome.refusal()).map(Outcome.Refusal::wire).orElse(null), "");
    return outcome.result().wire()
        + (refusal.isEmpty() ? "" : " (" + refusal + ")")
        + ": "
        + outcome.detail();
  }
}
