package io.blkwarden.controller.throttle;

import io.blkwarden.controller.throttle.ThrottleInputs.Times;
import io.blkwarden.controller.throttle.ThrottleState.InForce;
import io.blkwarden.model.Restraint;
import java.util.Optional;

/** The transitions of a throttle in force whose breach lasts. */
final class Keeping {
  private Keeping() {}

  /** Renews, escalates, releases or keeps the throttle. */
  static ThrottleState keep(Step step, InForce held) {
    ThrottleInputs inputs = step.inputs;
    if (!inputs.mayAct()) {
      return hindered(step, held, Refusal.Plain.ONLY_WARNED);
    }
    if (held.lease().commands() > 0) {
      return held;
    }
    if (inputs.isProtected()) {
      return step.end(held, "released: the protect list names the disk");
    }
    Attempts.End end = step.attempts.end();
    if (end != null && end.kind() != Attempts.End.Kind.DENIED) {
      return step.end(held, end.text()); // its release could not be sent before
    }
    InForce now = held;
    if (inputs.standing() == null
        && held.lease().restraint() instanceof Restraint.Limit limit
        && inputs.renewalRefusal().isEmpty()) {
      now = probe(step, held, limit);
      if (now.lease().commands() > 0) {
        return now;
      }
    }
    if (now.probe().narrower() == null && now.effect().due(step.now())) {
      return evaluate(step, now);
    }
    return renew(step, now);
  }

  /** Begins or ends a trial of a wider limit if that is due. */
  private static InForce probe(Step step, InForce held, Restraint.Limit limit) {
    LimitProbe.Reading reading = step.inputs.limitReading();
    Restraint.Limit narrower = held.probe().narrower();
    if (narrower != null) {
      boolean settled =
          step.now() - held.effect().setMillis() >= step.inputs.times().settleMillis();
      return settled && reading.wantsMore()
          ? move(
              step,
              held.with(held.probe().ended()),
              narrower,
              Decision.Verdict.ACT,
              "the disk needs more than %s: restoring %s".formatted(narrower, narrower))
          : held;
    }
    LimitProbe probe = held.probe().measured(reading);
    Restraint.Limit wider = probe.due(limit, reading);
    return wider == null
        ? held.with(probe)
        : move(
            step,
            held.with(probe.begun(limit)),
            wider,
            Decision.Verdict.EASE,
            "%s may hide the load: trying %s".formatted(limit, wider));
  }

  private static InForce move(
      Step step, InForce held, Restraint to, Decision.Verdict verdict, String reason) {
    Lease lease = step.set(CommandPurpose.MOVE, held.lease(), to);
    step.record(verdict, reason, lease);
    return held.with(lease).hindered(null);
  }

  private static ThrottleState evaluate(Step step, InForce held) {
    Restraint restraint = held.lease().restraint();
    EffectCheck found = held.effect().evaluate(restraint, step.inputs);
    boolean changed = !found.report().equals(held.effect().report());
    InForce now = held.with(found);
    return switch (found.report().effect()) {
      case HARMED -> {
        step.effects.add(new ThrottleEffect.NoteHarm(restraint));
        yield finish(step, now, Attempts.End.Kind.HARMED, "it harmed: " + found.report().note());
      }
      case NO_EFFECT -> escalate(step, now);
      case WORKED, UNKNOWN, INEFFECTIVE -> renew(step, changed ? now.hindered(null) : now);
    };
  }

  private static ThrottleState finish(
      Step step, InForce held, Attempts.End.Kind kind, String reason) {
    Attempts.End end = new Attempts.End(kind, "released: " + reason);
    step.attempts = step.attempts.ending(end);
    return step.end(held, end.text());
  }

  private static ThrottleState escalate(Step step, InForce held) {
    ThrottleInputs inputs = step.inputs;
    String note = held.effect().report().note();
    if (!(inputs.nextStep(step.attempts.step() + 1) instanceof Ladder.Next.Available next)) {
      String reason = "no step of the ladder had an effect: " + note;
      return finish(step, held, Attempts.End.Kind.EXHAUSTED, reason);
    }
    Optional<Refusal> refusal = inputs.renewalRefusal().map(Refusal.NotRenewed::new);
    if (refusal.isEmpty() && step.attempts.end() == null) {
      boolean later = step.now() < held.escalateMillis() && step.attempts.proposal() == null;
      refusal = later ? Optional.of(Refusal.Plain.PROPOSED_LATER) : step.approval(next.restraint());
    }
    if (refusal.isEmpty() && step.attempts.end() == null) {
      return move(
          step,
          held,
          next.restraint(),
          Decision.Verdict.ACT,
          ThrottleText.join(
              "%s had no effect, %s requested"
                  .formatted(held.lease().restraint(), next.restraint()),
              next.note()));
    }
    InForce waits = held;
    if (refusal.isPresent()) {
      waits = hindered(step, held, refusal.get());
      if (refusal.get() instanceof Refusal.NotApproved) {
        waits = waits.escalateAt(step.now() + Times.REST_MILLIS);
      }
    }
    long due = step.now() + inputs.times().effectWindowMillis();
    return renew(step, waits.with(waits.effect().stuck(due)));
  }

  private static ThrottleState renew(Step step, InForce held) {
    ThrottleInputs inputs = step.inputs;
    Lease lease = held.lease();
    if (step.now() < lease.renewMillis()) {
      return held;
    }
    Optional<Refusal> refusal = inputs.renewalRefusal();
    if (refusal.isEmpty() && step.now() - inputs.knownMillis() > lease.leaseMillis()) {
      refusal = Optional.of(Refusal.Plain.NOT_MEASURED);
    }
    // A lease that ended never starts again, and a new one needs the safety limits' consent.
    if (refusal.isEmpty() && step.now() >= lease.endsMillis()) {
      refusal = Optional.of(Refusal.Plain.LEASE_OVER);
    }
    if (refusal.isPresent()) {
      return hindered(step, held, new Refusal.NotRenewed(refusal.get()));
    }
    Restraint standing = inputs.standing();
    if (standing != null && !standing.equals(lease.restraint())) {
      String reason = "setting %s again: the policy matches the disk".formatted(standing);
      return move(step, held, standing, Decision.Verdict.EASE, reason);
    }
    lease = step.set(CommandPurpose.RENEW, lease, lease.restraint());
    String reason = standing == null ? "the breach continues" : "the policy matches the disk";
    step.record(Decision.Verdict.RENEW, reason, lease);
    Refusal hindrance = held.hindrance();
    return held.with(lease).hindered(hindrance instanceof Refusal.NotRenewed ? null : hindrance);
  }

  private static InForce hindered(Step step, InForce held, Refusal refusal) {
    if (refusal.sameAs(held.hindrance())) {
      return held;
    }
    step.record(refusal, held.lease());
    return held.hindered(refusal);
  }
}
