package io.blkwarden.controller.engine;

import io.blkwarden.controller.attribution.HostAttribution;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.controller.throttle.Ladder;
import io.blkwarden.controller.throttle.SafetyCheck;
import io.blkwarden.controller.throttle.SafetyLimitCheck;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides what is done about a breach: starts, keeps, climbs and ends its throttle. */
final class ThrottlePlanner {
  private final EngineState engine;
  private final LeaseRequests leases;
  private final EffectMonitor effects;
  private final StepDown easing;
  private final LimitProbe wider;

  ThrottlePlanner(EngineState engine, LeaseRequests leases, StepDown easing) {
    this.engine = engine;
    this.leases = leases;
    this.easing = easing;
    this.effects = new EffectMonitor(engine);
    this.wider = new LimitProbe(engine, leases);
  }

  /** Does what is due for a case that is breached. */
  void drive(HostTracker tracker, Evaluation evaluation) {
    Breach breach = evaluation.breach;
    if (breach == null
        || breach.calm
        || evaluation.policy.mode() == Mode.OBSERVE
        || evaluation.policy.then().ladder().isEmpty()) {
      return;
    }
    if (!evaluation.detector.acts()) {
      decide(
          tracker, evaluation, Decision.Verdict.SKIP, "warned", "it is only warned so far", null);
      return;
    }
    Throttle held = engine.throttles.of(tracker.host(), evaluation.disk);
    if (held != null) {
      keep(tracker, evaluation, breach, held);
    } else if (!breach.done && engine.millis() >= breach.restUntilMillis) {
      start(tracker, evaluation, breach);
    }
  }

  private void start(HostTracker tracker, Evaluation evaluation, Breach breach) {
    if (!stillAbove(tracker, evaluation)) {
      if (breach.lastDecision.isEmpty()) {
        String calm = "not throttled: it is not above its level just now";
        decide(tracker, evaluation, Decision.Verdict.SKIP, "calm", calm, null);
      }
      return; // a breach takes its time to clear: nobody is throttled for what was
    }
    MappedDisk disk = tracker.state.disk(evaluation.row);
    switch (next(tracker, evaluation, breach.step, disk)) {
      case Ladder.Next.Ineffective(String note) -> {
        breach.effect = Alert.Effect.INEFFECTIVE;
        refuse(tracker, evaluation, breach, "ineffective", note);
      }
      case Ladder.Next.Exhausted(String note) ->
          refuse(
              tracker,
              evaluation,
              breach,
              "exhausted",
              "no rung of the ladder is left" + (note.isEmpty() ? "" : ": " + note));
      case Ladder.Next.Rung rung -> start(tracker, evaluation, breach, disk, rung);
    }
  }

  private Ladder.Next next(HostTracker tracker, Evaluation evaluation, int from, MappedDisk disk) {
    return Ladder.next(
        evaluation.policy.then().ladder(),
        from,
        disk.physical(),
        tracker.limits,
        rung -> tracker.harms.block(disk.physical(), rung, engine.millis()));
  }

  private void start(
      HostTracker tracker,
      Evaluation evaluation,
      Breach breach,
      MappedDisk disk,
      Ladder.Next.Rung rung) {
    breach.effect =
        breach.effect == Alert.Effect.INEFFECTIVE ? Alert.Effect.UNKNOWN : breach.effect;
    if (guarded(tracker, evaluation, breach, disk)) {
      return;
    }
    breach.wanted = rung.restraint();
    if (evaluation.policy.mode() == Mode.SHADOW) {
      decide(
          tracker,
          evaluation,
          Decision.Verdict.SHADOW,
          "shadow",
          join("%s would be set".formatted(rung.restraint()), rung.note()),
          null);
      return;
    }
    if (engine.epoch().isEmpty()) {
      decide(
          tracker,
          evaluation,
          Decision.Verdict.SKIP,
          "claim",
          "not throttled: this controller does not hold the claim",
          null);
      return;
    }
    if (Boolean.FALSE.equals(tracker.acting)) {
      refuse(
          tracker, evaluation, breach, "read-only", "not throttled: the host's agent only watches");
      return;
    }
    if (tracker.epochSeen < engine.epoch().getAsLong()) {
      String why = "not throttled: the host's agent has not told this controller yet what it holds";
      decide(tracker, evaluation, Decision.Verdict.SKIP, "unanswered", why, null);
      return;
    }
    if (paused(tracker, evaluation) || waits(tracker, evaluation, breach, rung.restraint(), null)) {
      return;
    }
    Throttle throttle =
        leases.start(
            tracker,
            disk,
            rung.restraint(),
            evaluation.policy.then().leaseMillis(),
            evaluation.reason());
    throttle.owner = evaluation;
    if (!evaluation.policy.isStanding()) {
      long window = engine.settings.effectWindowMillis();
      throttle.before = evaluation.history.between(engine.millis() - window, engine.millis());
    }
    breach.throttle = throttle;
    breach.step = rung.index();
    decide(
        tracker,
        evaluation,
        Decision.Verdict.ACT,
        "act " + throttle.lease,
        join("%s is asked for".formatted(rung.restraint()), rung.note()),
        throttle);
    breach.note = rung.note();
  }

  /** Whether nobody is to blame, or a guard says no; says so. */
  private boolean guarded(
      HostTracker tracker, Evaluation evaluation, Breach breach, MappedDisk disk) {
    Optional<HostAttribution.Finding> unclear = tracker.blaming.objection(tracker, evaluation);
    if (unclear.isPresent()) {
      HostAttribution.Finding finding = unclear.get();
      String kind = "blame %s %s".formatted(finding.verdict(), finding.device());
      refuse(tracker, evaluation, breach, kind, "not throttled: " + finding.sentence());
      return true;
    }
    Optional<SafetyCheck.Refusal> refusal =
        SafetyCheck.refusal(
            engine.policies().policies,
            tracker.host(),
            disk,
            tracker.state.map().gap(),
            engine.throttleCounts(tracker.host(), evaluation.disk));
    if (refusal.isPresent()) {
      refuse(
          tracker,
          evaluation,
          breach,
          refusal.get().kind().name(),
          "not throttled: " + refusal.get().reason());
      return true;
    }
    return false;
  }

  /** Whether enforcement is paused, which is then recorded. */
  private boolean paused(HostTracker tracker, Evaluation evaluation) {
    Optional<String> why = PauseText.why(engine).map(text -> "not throttled: " + text);
    why.ifPresent(
        text -> decide(tracker, evaluation, Decision.Verdict.REFUSE, "paused", text, null));
    return why.isPresent();
  }

  /** Whether a person must approve first; says so. */
  private boolean waits(
      HostTracker tracker,
      Evaluation evaluation,
      Breach breach,
      Restraint restraint,
      @Nullable Throttle held) {
    // a held disk is low because it is held: only a first rung asks whether it is still above
    boolean still = held != null || stillAbove(tracker, evaluation);
    Optional<String> why = Proposals.wait(engine, evaluation, breach, restraint, still);
    why.ifPresent(text -> decide(tracker, evaluation, Decision.Verdict.SKIP, text, text, held));
    return why.isPresent();
  }

  /** Whether the newest sample still is a reason to act. */
  private static boolean stillAbove(HostTracker tracker, Evaluation evaluation) {
    Metric metric = evaluation.detector.when().metric();
    return evaluation.detector.stillAbove(tracker.state.value(metric, evaluation.row));
  }

  private void keep(HostTracker tracker, Evaluation evaluation, Breach breach, Throttle held) {
    boolean found = held.owner == null && held.person == null && held.held();
    boolean free = found || StandingThrottles.yields(held, evaluation);
    if (free && !breach.done && evaluation.mayAdopt()) {
      adopt(tracker, evaluation, breach, held);
    }
    if (held.owner != evaluation) {
      if (!breach.done) {
        String whose =
            held.person != null
                ? "by " + held.person
                : held.owner != null ? "for another policy" : "by a lease found on the host";
        decide(
            tracker,
            evaluation,
            Decision.Verdict.SKIP,
            "held " + held.lease,
            "the disk is throttled " + whose + " already",
            held);
      }
      return;
    }
    if (held.pending != null || held.stage == Throttle.Stage.ENDING) {
      return;
    }
    if (engine.policies().policies.protects(tracker.host(), tracker.state.disk(evaluation.row))) {
      end(tracker, evaluation, held, "the protect list names the disk now");
      return;
    }
    if (!held.held()) {
      again(tracker, evaluation, breach, held);
    } else if (!evaluation.policy.isStanding()
        && hindrance(tracker, tracker.state.disk(evaluation.row)).isEmpty()
        && wider.drive(tracker, evaluation, held)) {
      return;
    } else if (judge(tracker, evaluation, breach, held) && engine.millis() >= held.renewMillis) {
      renew(tracker, evaluation, held);
    }
  }

  /** Asks again for a lease that no answer came for. */
  private void again(HostTracker tracker, Evaluation evaluation, Breach breach, Throttle held) {
    MappedDisk disk = tracker.state.disk(evaluation.row);
    if (breach.done
        || engine.millis() < breach.restUntilMillis
        || hindrance(tracker, disk).isPresent()) {
      return;
    }
    leases.set(tracker, held, disk, held.restraint, PendingCommand.Purpose.START);
    decide(
        tracker,
        evaluation,
        Decision.Verdict.ACT,
        "again " + breach.attempts,
        "%s is asked for again".formatted(held.restraint),
        held);
  }

  /** Takes over a throttle that a heartbeat reported, or that a standing policy yields. */
  private void adopt(HostTracker tracker, Evaluation evaluation, Breach breach, Throttle held) {
    boolean yielded = StandingThrottles.disown(held);
    held.owner = evaluation;
    held.leaseMillis = evaluation.policy.then().leaseMillis();
    held.renewMillis = held.endsMillis - held.leaseMillis / 2;
    if (evaluation.policy.isStanding()) {
      StandingThrottles.adopted(held, engine.millis());
    } else if (held.way != null || yielded) {
      judgeAnew(evaluation, held);
    } else if (held.before.samples() == 0) {
      held.effectOpen = true; // what was before is not known, only whether it holds anything back
      held.judgeMillis = engine.millis() + engine.settings.effectWindowMillis();
    }
    breach.throttle = held;
    breach.step = Math.max(0, evaluation.policy.then().ladder().indexOf(held.restraint));
    decide(
        tracker,
        evaluation,
        Decision.Verdict.RENEW,
        "adopt " + held.lease,
        "a throttle that was held already serves this breach now",
        held);
  }

  /** It was being let go of: whether it is enough where it stands has to be seen again. */
  private void judgeAnew(Evaluation evaluation, Throttle held) {
    long window = engine.settings.effectWindowMillis();
    held.way = null;
    held.before = evaluation.history.between(engine.millis() - window, engine.millis());
    held.judgements = 0;
    held.worked = false;
    held.effectOpen = held.before.samples() > 0;
    held.judgeMillis = engine.millis() + engine.settings.settleMillis() + window;
  }

  /**
   * Judges the effect when that is due; false when the throttle is ended or climbs because of it.
   */
  private boolean judge(HostTracker tracker, Evaluation evaluation, Breach breach, Throttle held) {
    if (held.narrower != null || !effects.due(held)) {
      return true;
    }
    MappedDisk disk = tracker.state.disk(evaluation.row);
    effects.judge(evaluation, breach, held, disk.volume().role() == VolumeRole.SWAP);
    return switch (breach.effect) {
      case HARMED -> {
        breach.done = true;
        long until = engine.millis() + engine.settings.harmRestMillis();
        tracker.harms.note(disk.physical(), held.restraint, until);
        end(tracker, evaluation, held, "it harmed: " + breach.note);
        yield false;
      }
      case NO_EFFECT -> climb(tracker, evaluation, breach, held);
      case WORKED, UNKNOWN, INEFFECTIVE -> true;
    };
  }

  private boolean climb(HostTracker tracker, Evaluation evaluation, Breach breach, Throttle held) {
    MappedDisk disk = tracker.state.disk(evaluation.row);
    Ladder.Next next = next(tracker, evaluation, breach.step + 1, disk);
    if (!(next instanceof Ladder.Next.Rung rung)) {
      breach.done = true;
      end(tracker, evaluation, held, "no rung of the ladder had an effect: " + breach.note);
      return false;
    }
    Optional<String> hindered = hindrance(tracker, disk);
    if (hindered.isPresent()) {
      decide(tracker, evaluation, Decision.Verdict.SKIP, "no climb", hindered.get(), held);
      held.changesNothing = true;
      held.effectOpen = true;
      held.judgeMillis = engine.millis() + engine.settings.effectWindowMillis();
      return true;
    }
    if (breach.done || waits(tracker, evaluation, breach, rung.restraint(), held)) {
      held.changesNothing = true;
      held.effectOpen = true;
      held.judgeMillis = engine.millis() + engine.settings.effectWindowMillis();
      return true;
    }
    breach.wanted = rung.restraint();
    leases.set(tracker, held, disk, rung.restraint(), PendingCommand.Purpose.MOVE);
    decide(
        tracker,
        evaluation,
        Decision.Verdict.ACT,
        "climb " + rung.index(),
        join(
            "%s had no effect, %s is asked for".formatted(held.restraint, rung.restraint()),
            rung.note()),
        held);
    return false;
  }

  private void renew(HostTracker tracker, Evaluation evaluation, Throttle held) {
    MappedDisk disk = tracker.state.disk(evaluation.row);
    Optional<String> hindered =
        hindrance(tracker, disk)
            .or(() ->
                engine.millis() - evaluation.knownMillis > held.leaseMillis
                    ? Optional.of("not renewed: the disk was not measured for as long as its lease")
                    : Optional.empty())
            // A lease that ended never starts again, and a new one needs the brakes' leave.
            .or(() ->
                engine.millis() >= held.endsMillis
                    ? Optional.of("not renewed: its lease has ended")
                    : Optional.empty());
    if (hindered.isPresent()) {
      decide(tracker, evaluation, Decision.Verdict.SKIP, "no renewal", hindered.get(), held);
      return;
    }
    Restraint wanted = StandingThrottles.wanted(held, evaluation);
    boolean same = wanted.equals(held.restraint);
    Decision.Verdict verdict = same ? Decision.Verdict.RENEW : Decision.Verdict.EASE;
    String why =
        evaluation.policy.isStanding() ? "the policy matches the disk" : "the breach goes on";
    String reason = same ? why : "%s is set again: %s".formatted(wanted, why);
    leases.set(
        tracker,
        held,
        disk,
        wanted,
        same ? PendingCommand.Purpose.RENEW : PendingCommand.Purpose.MOVE);
    engine.add(
        new Effect.RecordDecision(
            SampleHandler.decision(engine, tracker, evaluation, verdict, held, reason)));
  }

  /** Why a held throttle may not be set again; its lease ends by itself then. */
  private Optional<String> hindrance(HostTracker tracker, MappedDisk disk) {
    if (engine.epoch().isEmpty()) {
      return Optional.of("not renewed: this controller does not hold the claim");
    }
    Optional<String> paused = PauseText.why(engine);
    if (paused.isPresent()) {
      return Optional.of("not renewed: " + paused.get());
    }
    if (disk.workers().isEmpty()) {
      return Optional.of("not renewed: the disk's workers are not proven");
    }
    if (SafetyLimitCheck.stopped(
        engine.policies().policies.safetyLimits(), engine.hostsLive(), engine.hostsAnomalous())) {
      return Optional.of("not renewed: too many hosts are anomalous");
    }
    return tracker.state.map().gap()
        ? Optional.of("not renewed: events of the host's map are missing")
        : Optional.empty();
  }

  private void end(HostTracker tracker, Evaluation evaluation, Throttle held, String reason) {
    leases.release(tracker, held, reason, null);
    Breach breach = evaluation.breach;
    if (breach != null) {
      breach.note = "released: " + reason;
      decide(
          tracker,
          evaluation,
          Decision.Verdict.RELEASE,
          "release " + held.lease,
          breach.note,
          held);
    }
  }

  /** Gives the throttle of a case that is over to another breach of the disk, or ends it. */
  void hand(HostTracker tracker, Evaluation over, Throttle held, AlertPublisher.Ending ending) {
    held.owner = null;
    Evaluation next = StandingThrottles.next(tracker, over);
    if (next != null && next.breach != null) {
      adopt(tracker, next, next.breach, held);
      return;
    }
    if (tracker.runs.duplicate()) {
      return; // no command is sent there: the lease expires
    }
    if (ending == AlertPublisher.Ending.CLEARED) {
      easing.begin(tracker, over, held, ending.sentence());
      return;
    }
    leases.release(tracker, held, "policy " + over.policy.name() + ": " + ending.sentence(), null);
    engine.add(
        new Effect.RecordDecision(
            SampleHandler.decision(
                engine, tracker, over, Decision.Verdict.RELEASE, held, ending.sentence())));
  }

  private void refuse(
      HostTracker tracker, Evaluation evaluation, Breach breach, String kind, String reason) {
    if (!breach.lastDecision.equals(kind)) {
      breach.wanted = null;
    }
    decide(tracker, evaluation, Decision.Verdict.REFUSE, kind, reason, null);
  }

  /** Puts a decision on record and on the alert, unless the last one was of the same kind. */
  private void decide(
      HostTracker tracker,
      Evaluation evaluation,
      Decision.Verdict verdict,
      String kind,
      String reason,
      @Nullable Throttle throttle) {
    Breach breach = evaluation.breach;
    if (breach == null || breach.lastDecision.equals(kind)) {
      return;
    }
    breach.lastDecision = kind;
    breach.note = reason;
    Decision decision =
        SampleHandler.decision(engine, tracker, evaluation, verdict, throttle, reason);
    engine.add(
        new Effect.RecordDecision(
            verdict == Decision.Verdict.REFUSE ? decision.heldBackBy(guard(kind)) : decision));
  }

  /** The guard of a kind of refusal, such as {@code brake}; what it found stands in the reason. */
  private static String guard(String kind) {
    int space = kind.indexOf(' ');
    return (space < 0 ? kind : kind.substring(0, space)).toLowerCase(Locale.ROOT);
  }

  private static String join(String sentence, String note) {
    return note.isEmpty() ? sentence : sentence + "; " + note;
  }
}
