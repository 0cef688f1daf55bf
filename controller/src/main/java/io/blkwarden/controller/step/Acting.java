package io.blkwarden.controller.step;

import io.blkwarden.controller.blame.PainWatch;
import io.blkwarden.controller.plan.BrakeCheck;
import io.blkwarden.controller.plan.Decision;
import io.blkwarden.controller.plan.Guard;
import io.blkwarden.controller.plan.Ladder;
import io.blkwarden.controller.policy.BudgetPolicy;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides what is done about a breach: starts, keeps, climbs and ends its throttle. */
final class Acting {
  private final World world;
  private final Leases leases;
  private final EffectWatch effects;
  private final Easing easing;
  private final WiderLimit wider;

  Acting(World world, Leases leases, Easing easing) {
    this.world = world;
    this.leases = leases;
    this.easing = easing;
    this.effects = new EffectWatch(world);
    this.wider = new WiderLimit(world, leases);
  }

  /** Does what is due for a case that is breached. */
  void drive(HostWatch watch, Case about) {
    Episode episode = about.episode;
    if (episode == null
        || episode.calm
        || about.policy.mode() == Mode.OBSERVE
        || about.policy.then().ladder().isEmpty()) {
      return;
    }
    if (!about.detector.acts()) {
      decide(watch, about, Decision.Verdict.SKIP, "warned", "it is only warned so far", null);
      return;
    }
    Throttle held = world.throttles.of(watch.host(), about.disk);
    if (held != null) {
      keep(watch, about, episode, held);
    } else if (!episode.done && world.millis() >= episode.restUntilMillis) {
      start(watch, about, episode);
    }
  }

  private void start(HostWatch watch, Case about, Episode episode) {
    if (!stillAbove(watch, about)) {
      if (episode.decided.isEmpty()) {
        String calm = "not throttled: it is not above its level just now";
        decide(watch, about, Decision.Verdict.SKIP, "calm", calm, null);
      }
      return; // a breach takes its time to clear: nobody is throttled for what was
    }
    MappedDisk disk = watch.state.disk(about.row);
    switch (next(watch, about, episode.rung, disk)) {
      case Ladder.Next.Ineffective(String note) -> {
        episode.effect = Alert.Effect.INEFFECTIVE;
        refuse(watch, about, episode, "ineffective", note);
      }
      case Ladder.Next.Exhausted(String note) ->
          refuse(
              watch,
              about,
              episode,
              "exhausted",
              "no rung of the ladder is left" + (note.isEmpty() ? "" : ": " + note));
      case Ladder.Next.Rung rung -> start(watch, about, episode, disk, rung);
    }
  }

  private Ladder.Next next(HostWatch watch, Case about, int from, MappedDisk disk) {
    return Ladder.next(
        about.policy.then().ladder(),
        from,
        disk.physical(),
        watch.limits,
        rung -> watch.harms.block(disk.physical(), rung, world.millis()));
  }

  private void start(
      HostWatch watch, Case about, Episode episode, MappedDisk disk, Ladder.Next.Rung rung) {
    episode.effect =
        episode.effect == Alert.Effect.INEFFECTIVE ? Alert.Effect.UNKNOWN : episode.effect;
    if (guarded(watch, about, episode, disk)) {
      return;
    }
    episode.wanted = rung.restraint();
    if (about.policy.mode() == Mode.SHADOW) {
      decide(
          watch,
          about,
          Decision.Verdict.SHADOW,
          "shadow",
          join("%s would be set".formatted(rung.restraint()), rung.note()),
          null);
      return;
    }
    if (world.claim().isEmpty()) {
      decide(
          watch,
          about,
          Decision.Verdict.SKIP,
          "claim",
          "not throttled: this controller does not hold the claim",
          null);
      return;
    }
    if (Boolean.FALSE.equals(watch.acting)) {
      refuse(watch, about, episode, "read-only", "not throttled: the host's agent only watches");
      return;
    }
    if (watch.epochSeen < world.claim().getAsLong()) {
      String why = "not throttled: the host's agent has not told this controller yet what it holds";
      decide(watch, about, Decision.Verdict.SKIP, "unanswered", why, null);
      return;
    }
    if (paused(watch, about) || waits(watch, about, episode, rung.restraint(), null)) {
      return;
    }
    Throttle throttle =
        leases.start(
            watch, disk, rung.restraint(), about.policy.then().leaseMillis(), because(about));
    throttle.owner = about;
    throttle.before =
        about.history.between(world.millis() - world.settings.effectWindowMillis(), world.millis());
    episode.throttle = throttle;
    episode.rung = rung.index();
    decide(
        watch,
        about,
        Decision.Verdict.ACT,
        "act " + throttle.lease,
        join("%s is asked for".formatted(rung.restraint()), rung.note()),
        throttle);
    episode.note = rung.note();
  }

  /** Whether nobody is to blame, or a guard says no; says so. */
  private boolean guarded(HostWatch watch, Case about, Episode episode, MappedDisk disk) {
    Optional<PainWatch.Finding> unclear = watch.blaming.objection(watch, about);
    if (unclear.isPresent()) {
      PainWatch.Finding finding = unclear.get();
      String kind = "blame %s %s".formatted(finding.verdict(), finding.device());
      refuse(watch, about, episode, kind, "not throttled: " + finding.sentence());
      return true;
    }
    Optional<Guard.Refusal> refusal =
        Guard.refusal(
            world.rules().policies,
            watch.host(),
            disk,
            watch.state.map().gap(),
            world.load(watch.host(), about.disk));
    if (refusal.isPresent()) {
      refuse(
          watch,
          about,
          episode,
          refusal.get().kind().name(),
          "not throttled: " + refusal.get().reason());
      return true;
    }
    return false;
  }

  /** Whether a person paused acting; says so, and leaves on the alert what would be set. */
  private boolean paused(HostWatch watch, Case about) {
    Optional<String> why = Paused.why(world);
    why.ifPresent(text ->
        decide(watch, about, Decision.Verdict.REFUSE, "paused", "not throttled: " + text, null));
    return why.isPresent();
  }

  /** Whether a person must approve first; says so. */
  private boolean waits(
      HostWatch watch, Case about, Episode episode, Restraint restraint, @Nullable Throttle held) {
    // a held disk is low because it is held: only a first rung asks whether it is still above
    boolean still = held != null || stillAbove(watch, about);
    Optional<String> why = Proposals.wait(world, about, episode, restraint, still);
    why.ifPresent(text -> decide(watch, about, Decision.Verdict.SKIP, text, text, held));
    return why.isPresent();
  }

  /** As far as one sample can tell; a budget stays used up for longer than a sample. */
  private static boolean stillAbove(HostWatch watch, Case about) {
    Threshold when = about.detector.when();
    return about.policy instanceof BudgetPolicy
        || watch.state.value(when.metric(), about.row) > when.above();
  }

  private static String because(Case about) {
    return "policy %s: %s is %s, above %s"
        .formatted(
            about.policy.name(),
            about.detector.when().metric().id(),
            about.detector.when().metric().format(about.value),
            about.detector.when().metric().format(about.detector.when().above()));
  }

  private void keep(HostWatch watch, Case about, Episode episode, Throttle held) {
    boolean found = held.owner == null && held.person == null && held.held();
    if (found && !episode.done && about.mayAdopt()) {
      adopt(watch, about, episode, held);
    }
    if (held.owner != about) {
      if (!episode.done) {
        String whose =
            held.person != null
                ? "by " + held.person
                : held.owner != null ? "for another policy" : "by a lease found on the host";
        decide(
            watch,
            about,
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
    if (world.rules().policies.protects(watch.host(), watch.state.disk(about.row))) {
      end(watch, about, held, "the protect list names the disk now");
      return;
    }
    if (!held.held()) {
      again(watch, about, episode, held);
    } else if (hindrance(watch, watch.state.disk(about.row)).isEmpty()
        && wider.drive(watch, about, held)) {
      return;
    } else if (judge(watch, about, episode, held) && world.millis() >= held.renewMillis) {
      renew(watch, about, held);
    }
  }

  /** Asks again for a lease that no answer came for. */
  private void again(HostWatch watch, Case about, Episode episode, Throttle held) {
    MappedDisk disk = watch.state.disk(about.row);
    if (episode.done
        || world.millis() < episode.restUntilMillis
        || hindrance(watch, disk).isPresent()) {
      return;
    }
    leases.set(watch, held, disk, held.restraint, Pending.Purpose.START);
    decide(
        watch,
        about,
        Decision.Verdict.ACT,
        "again " + episode.attempts,
        "%s is asked for again".formatted(held.restraint),
        held);
  }

  /** Takes over a throttle that a heartbeat told of. */
  private void adopt(HostWatch watch, Case about, Episode episode, Throttle held) {
    held.owner = about;
    held.leaseMillis = about.policy.then().leaseMillis();
    held.renewMillis = held.endsMillis - held.leaseMillis / 2;
    if (held.way != null) {
      judgeAnew(about, held);
    } else if (held.before.samples() == 0) {
      held.effectOpen = true; // what was before is not known, only whether it holds anything back
      held.judgeMillis = world.millis() + world.settings.effectWindowMillis();
    }
    episode.throttle = held;
    episode.rung = Math.max(0, about.policy.then().ladder().indexOf(held.restraint));
    decide(
        watch,
        about,
        Decision.Verdict.RENEW,
        "adopt " + held.lease,
        "a throttle that was held already serves this breach now",
        held);
  }

  /** It was being let go of: whether it is enough where it stands has to be seen again. */
  private void judgeAnew(Case about, Throttle held) {
    long window = world.settings.effectWindowMillis();
    held.way = null;
    held.before = about.history.between(world.millis() - window, world.millis());
    held.judgements = 0;
    held.worked = false;
    held.effectOpen = held.before.samples() > 0;
    held.judgeMillis = world.millis() + world.settings.settleMillis() + window;
  }

  /**
   * Judges the effect when that is due; false when the throttle is ended or climbs because of it.
   */
  private boolean judge(HostWatch watch, Case about, Episode episode, Throttle held) {
    if (held.narrower != null || !effects.due(held)) {
      return true;
    }
    MappedDisk disk = watch.state.disk(about.row);
    effects.judge(about, episode, held, disk.volume().role() == VolumeRole.SWAP);
    return switch (episode.effect) {
      case HARMED -> {
        episode.done = true;
        long until = world.millis() + world.settings.harmRestMillis();
        watch.harms.note(disk.physical(), held.restraint, until);
        end(watch, about, held, "it harmed: " + episode.note);
        yield false;
      }
      case NO_EFFECT -> climb(watch, about, episode, held);
      case WORKED, UNKNOWN, INEFFECTIVE -> true;
    };
  }

  private boolean climb(HostWatch watch, Case about, Episode episode, Throttle held) {
    MappedDisk disk = watch.state.disk(about.row);
    Ladder.Next next = next(watch, about, episode.rung + 1, disk);
    if (!(next instanceof Ladder.Next.Rung rung)) {
      episode.done = true;
      end(watch, about, held, "no rung of the ladder had an effect: " + episode.note);
      return false;
    }
    Optional<String> hindered = hindrance(watch, disk);
    if (hindered.isPresent()) {
      decide(watch, about, Decision.Verdict.SKIP, "no climb", hindered.get(), held);
      held.changesNothing = true;
      held.effectOpen = true;
      held.judgeMillis = world.millis() + world.settings.effectWindowMillis();
      return true;
    }
    if (episode.done || waits(watch, about, episode, rung.restraint(), held)) {
      held.changesNothing = true;
      held.effectOpen = true;
      held.judgeMillis = world.millis() + world.settings.effectWindowMillis();
      return true;
    }
    episode.wanted = rung.restraint();
    leases.set(watch, held, disk, rung.restraint(), Pending.Purpose.MOVE);
    decide(
        watch,
        about,
        Decision.Verdict.ACT,
        "climb " + rung.index(),
        join(
            "%s had no effect, %s is asked for".formatted(held.restraint, rung.restraint()),
            rung.note()),
        held);
    return false;
  }

  private void renew(HostWatch watch, Case about, Throttle held) {
    MappedDisk disk = watch.state.disk(about.row);
    Optional<String> hindered =
        hindrance(watch, disk)
            .or(() ->
                world.millis() - about.knownMillis > held.leaseMillis
                    ? Optional.of("not renewed: the disk was not measured for as long as its lease")
                    : Optional.empty())
            // A lease that ended never starts again, and a new one needs the brakes' leave.
            .or(() ->
                world.millis() >= held.endsMillis
                    ? Optional.of("not renewed: its lease has ended")
                    : Optional.empty());
    if (hindered.isPresent()) {
      decide(watch, about, Decision.Verdict.SKIP, "no renewal", hindered.get(), held);
      return;
    }
    leases.set(watch, held, disk, held.restraint, Pending.Purpose.RENEW);
    world.add(
        new Effect.Note(
            Sampling.decision(
                world, watch, about, Decision.Verdict.RENEW, held, "the breach goes on")));
  }

  /** Why a held throttle may not be set again; its lease ends by itself then. */
  private Optional<String> hindrance(HostWatch watch, MappedDisk disk) {
    if (world.claim().isEmpty()) {
      return Optional.of("not renewed: this controller does not hold the claim");
    }
    Optional<String> paused = Paused.why(world);
    if (paused.isPresent()) {
      return Optional.of("not renewed: " + paused.get());
    }
    if (disk.workers().isEmpty()) {
      return Optional.of("not renewed: the disk's workers are not proven");
    }
    if (BrakeCheck.stopped(
        world.rules().policies.brakes(), world.hostsLive(), world.hostsAnomalous())) {
      return Optional.of("not renewed: too many hosts are anomalous");
    }
    return watch.state.map().gap()
        ? Optional.of("not renewed: events of the host's map are missing")
        : Optional.empty();
  }

  private void end(HostWatch watch, Case about, Throttle held, String reason) {
    leases.release(watch, held, reason, null);
    Episode episode = about.episode;
    if (episode != null) {
      episode.note = "released: " + reason;
      decide(watch, about, Decision.Verdict.RELEASE, "release " + held.lease, episode.note, held);
    }
  }

  /** Gives the throttle of a case that is over to another breach of the disk, or ends it. */
  void hand(HostWatch watch, Case over, Throttle held, Alerts.Ending ending) {
    for (Case other : watch.cases.values()) {
      Episode episode = other.episode;
      if (episode != null
          && !episode.calm
          && !episode.done
          && other.disk.equals(over.disk)
          && other.mayAdopt()) {
        held.owner = null;
        adopt(watch, other, episode, held);
        return;
      }
    }
    held.owner = null;
    if (watch.runs.duplicate()) {
      return; // no command is sent there: the lease expires
    }
    if (ending == Alerts.Ending.CLEARED) {
      easing.begin(watch, over, held, ending.sentence());
      return;
    }
    leases.release(watch, held, "policy " + over.policy.name() + ": " + ending.sentence(), null);
    world.add(
        new Effect.Note(
            Sampling.decision(
                world, watch, over, Decision.Verdict.RELEASE, held, ending.sentence())));
  }

  private void refuse(HostWatch watch, Case about, Episode episode, String kind, String reason) {
    if (!episode.decided.equals(kind)) {
      episode.wanted = null;
    }
    decide(watch, about, Decision.Verdict.REFUSE, kind, reason, null);
  }

  /** Puts a decision on record and on the alert, unless the last one was of the same kind. */
  private void decide(
      HostWatch watch,
      Case about,
      Decision.Verdict verdict,
      String kind,
      String reason,
      @Nullable Throttle throttle) {
    Episode episode = about.episode;
    if (episode == null || episode.decided.equals(kind)) {
      return;
    }
    episode.decided = kind;
    episode.note = reason;
    Decision decision = Sampling.decision(world, watch, about, verdict, throttle, reason);
    world.add(
        new Effect.Note(
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
