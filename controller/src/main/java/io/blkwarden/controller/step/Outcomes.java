package io.blkwarden.controller.step;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Outcome;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes what became of commands and leases. */
final class Outcomes {
  private static final long RETRY_MILLIS = 2_000;

  /** How often a breach's throttle may be undone by others before no more is tried. */
  private static final int UNDONE_MAX = 2;

  private static final long UNDONE_REST_MILLIS = 60_000;

  private final World world;
  private final Alerts alerts;
  private final Asks asks;

  Outcomes(World world, Alerts alerts, Asks asks) {
    this.world = world;
    this.alerts = alerts;
    this.asks = asks;
  }

  void take(Outcome outcome) {
    Optional<Pending> pending =
        Optional.ofNullable(outcome.command())
            .flatMap(world.throttles::peek)
            .filter(command -> command.host().equals(outcome.host()));
    if (pending.isPresent()) {
      world.throttles.take(pending.get().command());
      answered(pending.get(), outcome);
    } else if (outcome.lease() != null) {
      byItself(outcome, outcome.lease());
    }
  }

  /** A command that no agent answered. */
  void lost(MessageId command, String why) {
    world.throttles.take(command).ifPresent(pending -> lost(pending, why));
  }

  /** Gives up what has waited too long, whatever dispatch says. */
  void giveUpOld() {
    long limit = world.settings.commandExpiresMillis() + world.settings.answerMillis();
    for (Pending pending : world.throttles.sentBefore(world.millis() - limit)) {
      lost(pending.command(), "no outcome came in %d ms".formatted(limit));
    }
  }

  private void lost(Pending pending, String why) {
    asks.failed(pending.ask(), pending.host() + ": " + why);
    Throttle throttle = pending.throttle();
    if (throttle == null) {
      return;
    }
    switch (pending.purpose()) {
      case START -> {
        // it may be held all the same: it counts, and is released, until the host says otherwise
        throttle.heldSinceMillis = world.millis();
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

  private void answered(Pending pending, Outcome outcome) {
    Throttle throttle = pending.throttle();
    switch (outcome.result()) {
      case APPLIED, RENEWED -> {
        if (throttle != null) {
          applied(throttle, pending, outcome);
        }
        asks.done(pending.ask());
      }
      case RELEASED, EXPIRED, GONE, RECOVERED, DONE -> {
        if (throttle != null) {
          boolean wanted = pending.purpose() == Pending.Purpose.RELEASE;
          ended(throttle, outcome, wanted);
        }
        asks.done(pending.ask());
      }
      case ADOPTED -> asks.done(pending.ask());
      case REFUSED, FAILED -> {
        refused(pending, outcome);
        asks.failed(pending.ask(), pending.host() + ": " + sentence(outcome));
      }
    }
  }

  private void applied(Throttle throttle, Pending pending, Outcome outcome) {
    Restraint before = throttle.restraint;
    boolean changed = pending.purpose() != Pending.Purpose.RENEW;
    Restraint set = pending.restraint();
    Long remaining = outcome.remainingMs();
    long left = remaining == null ? throttle.leaseMillis : Math.max(0, remaining);
    if (throttle.stage == Throttle.Stage.REQUESTED) {
      throttle.stage = Throttle.Stage.HELD;
    }
    throttle.restraint = set == null ? throttle.restraint : set;
    throttle.setAt = outcome.at();
    throttle.endsMillis = world.millis() + left;
    throttle.renewMillis = world.millis() + left / 2;
    throttle.beatsWithout = 0;
    if (!outcome.workers().isEmpty()) {
      throttle.workers =
          outcome.workers().stream()
              .map(worker -> new Alert.AlertWorker(worker.pid(), worker.comm()))
              .toList();
    }
    if (changed) {
      throttle.heldSinceMillis = world.millis();
      throttle.appliedMillis = world.millis();
      throttle.judgements = 0;
      throttle.worked = false;
      throttle.doubts = 0;
      throttle.changesNothing = false;
      throttle.effectOpen = throttle.owner != null && throttle.before.samples() > 0;
      throttle.judgeMillis =
          world.millis() + world.settings.settleMillis() + world.settings.effectWindowMillis();
    }
    ofOwner(
        throttle,
        (watch, about, episode) -> {
          if (changed) {
            episode.attempts = 0;
            if (pending.purpose() == Pending.Purpose.MOVE) {
              boolean climbed = episode.effect == Alert.Effect.NO_EFFECT;
              episode.note = climbed ? before + " had no effect" : "";
              int rung = about.policy.then().ladder().indexOf(throttle.restraint);
              episode.rung = rung < 0 ? episode.rung : rung;
            }
            episode.effect = Alert.Effect.UNKNOWN;
            episode.proposal = null; // carried out: the next rung is asked for anew
          }
          alerts.refresh(watch, about);
        });
  }

  private void refused(Pending pending, Outcome outcome) {
    Throttle throttle = pending.throttle();
    if (throttle == null) {
      return;
    }
    boolean stale = staleMap(outcome.refusal());
    HostWatch watch = world.hosts.get(pending.host());
    if (stale && watch != null) {
      world.wantSnapshot(watch);
    }
    switch (pending.purpose()) {
      case START -> rejected(throttle, sentence(outcome), stale);
      case MOVE, RENEW -> {
        if (outcome.result() == Outcome.Result.FAILED) {
          rejected(throttle, sentence(outcome), false);
        } else {
          later(throttle);
          if (pending.purpose() == Pending.Purpose.MOVE) {
            notMoved(throttle, pending, sentence(outcome));
          }
        }
      }
      case RELEASE, RELEASE_ALL -> {}
    }
  }

  /** The throttle stands where it stood; after some tries it is left there. */
  private void notMoved(Throttle throttle, Pending pending, String why) {
    ofOwner(
        throttle,
        (watch, about, episode) -> {
          episode.attempts++;
          throttle.effectOpen &= episode.attempts < world.settings.attempts();
          episode.decided = "";
          episode.note = "%s was not set: %s".formatted(pending.restraint(), why);
          alerts.refresh(watch, about);
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
    world.throttles.remove(throttle, world.millis());
    ofOwner(throttle, (watch, about, episode) -> episode.throttle = null);
    rest(throttle, why, stale);
  }

  private void rest(Throttle throttle, String why, boolean stale) {
    ofOwner(
        throttle,
        (watch, about, episode) -> {
          episode.attempts++;
          boolean exhausted = episode.attempts >= world.settings.attempts();
          episode.restUntilMillis =
              world.millis()
                  + (exhausted ? world.settings.restMillis() : RETRY_MILLIS * episode.attempts);
          episode.awaitsSnapshot = stale && !exhausted;
          episode.attempts = exhausted ? 0 : episode.attempts;
          episode.decided = "";
          episode.note = "not throttled: " + why;
          alerts.refresh(watch, about);
        });
  }

  /** Tries to renew or to climb again after an eighth of the lease. */
  private void later(Throttle throttle) {
    throttle.renewMillis = world.millis() + Math.max(1_000, throttle.leaseMillis / 8);
    throttle.judgeMillis = world.millis() + world.settings.effectWindowMillis();
    throttle.effectOpen = throttle.owner != null && throttle.before.samples() > 0;
  }

  private void byItself(Outcome outcome, MessageId lease) {
    Throttle throttle = world.throttles.lease(lease);
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
    Case owner = throttle.owner;
    Episode episode = owner == null ? null : owner.episode;
    boolean again = episode != null && ++episode.undone < UNDONE_MAX;
    String next =
        again
            ? "it is tried once more in %d s".formatted(UNDONE_REST_MILLIS / 1_000)
            : "it is not tried again: stop what changes it, such as xenopsd's QoS of a disk";
    String why =
        "something else on the host has undone its throttle (%s); %s"
            .formatted(outcome.detail(), next);
    ended(throttle, why, !again, false);
    if (episode != null && again) {
      episode.restUntilMillis = world.millis() + UNDONE_REST_MILLIS;
    }
  }

  /** Forgets a throttle that is over. */
  void ended(Throttle throttle, String why, boolean letGo, boolean wanted) {
    world.throttles.remove(throttle, world.millis());
    ofOwner(
        throttle,
        (watch, about, episode) -> {
          if (!wanted) {
            episode.note = why;
            episode.decided = "";
            episode.effect = Alert.Effect.UNKNOWN; // what is over has no effect on what goes on
            episode.before = null;
            episode.after = null;
          }
          episode.done |= letGo;
          episode.throttle = null;
          alerts.refresh(watch, about);
        });
  }

  private interface OwnerChange {
    void change(HostWatch watch, Case about, Episode episode);
  }

  private void ofOwner(Throttle throttle, OwnerChange change) {
    HostWatch watch = world.hosts.get(throttle.host);
    Case owner = throttle.owner;
    Episode episode = owner == null ? null : owner.episode;
    if (watch != null && owner != null && episode != null) {
      change.change(watch, owner, episode);
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
