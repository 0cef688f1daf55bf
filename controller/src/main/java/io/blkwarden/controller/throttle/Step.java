package io.blkwarden.controller.throttle;

import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.throttle.ThrottleInputs.Times;
import io.blkwarden.controller.throttle.ThrottleState.Leased;
import io.blkwarden.controller.throttle.ThrottleState.Releasing;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One transition while it is made: its inputs, and its effects so far; mutable. */
final class Step {
  /** How long after its end a lease counts as held, for the report of its end to come. */
  static final long LEASE_GRACE_MILLIS = 5_000;

  private static final long RETRY_MILLIS = 2_000;

  final ThrottleInputs inputs;
  final List<ThrottleEffect> effects = new ArrayList<>();
  Attempts attempts;

  Step(Attempts attempts, ThrottleInputs inputs) {
    this.attempts = attempts;
    this.inputs = inputs;
  }

  long now() {
    return inputs.nowMillis();
  }

  void record(Decision.Verdict verdict, String reason, @Nullable Lease lease) {
    record(verdict, reason, lease, null, null);
  }

  void record(Refusal refusal, @Nullable Lease lease) {
    boolean refused = refusal.check() != Refusal.Check.WAIT;
    Decision.Verdict verdict = refused ? Decision.Verdict.REFUSE : Decision.Verdict.SKIP;
    record(verdict, refusal.sentence(), lease, null, refused ? refusal : null);
  }

  /** Records a decision; parameters as in {@link ThrottleEffect.RecordDecision}. */
  void record(
      Decision.Verdict verdict,
      String reason,
      @Nullable Lease lease,
      @Nullable String policy,
      @Nullable Refusal refusal) {
    MessageId id = lease == null ? null : lease.id();
    effects.add(new ThrottleEffect.RecordDecision(verdict, reason, id, policy, refusal));
  }

  /** Sends a command for a lease if commands are sent at all. */
  Lease set(CommandPurpose purpose, Lease lease, Restraint restraint) {
    if (!inputs.canCommand()) {
      return lease;
    }
    Lease sent = lease.setSent(inputs.workers(), now());
    effects.add(new ThrottleEffect.SendSet(purpose, sent, restraint));
    return sent;
  }

  /**
   * Asks for the end of a lease; a controller that does not lead lets it expire.
   *
   * @param reason for the command
   * @param why for the alert
   */
  Leased release(Leased held, String reason, String why) {
    if (!inputs.canCommand()) {
      return held;
    }
    effects.add(new ThrottleEffect.SendRelease(held.lease().id(), reason));
    int requests = held instanceof Releasing before ? before.requests() + 1 : 1;
    return new Releasing(held.lease().releaseSent(), held.effect(), why, requests);
  }

  /** The same because of what was found in a breach, with a decision on record. */
  Leased end(Leased held, String why) {
    Leased next = release(held, why, why);
    if (next instanceof Releasing) {
      record(Decision.Verdict.RELEASE, why, held.lease());
    }
    return next;
  }

  /** Counts a failed command; when to try again. */
  long failed() {
    int failures = attempts.failures() + 1;
    boolean exhausted = failures >= Times.ATTEMPTS;
    attempts = attempts.failed(exhausted ? 0 : failures);
    return now() + (exhausted ? Times.REST_MILLIS : RETRY_MILLIS * failures);
  }

  /** Why an operator's approval is missing; empty when it is there, or not needed. */
  Optional<Refusal> approval(Restraint restraint) {
    if (inputs.mode() != Mode.APPROVE) {
      return Optional.empty();
    }
    Attempts.Proposal open = attempts.proposal();
    if (open != null && now() >= open.expiresMillis()) {
      attempts = attempts.proposing(null);
      return Optional.of(new Refusal.NotApproved(open.restraint()));
    }
    if (open == null || !open.restraint().equals(restraint)) {
      open = Attempts.Proposal.of(inputs.newId(), restraint, now(), inputs.wall());
      attempts = attempts.proposing(open);
    }
    return open.approval() == null
        ? Optional.of(new Refusal.AwaitsApproval(open.id(), restraint))
        : Optional.empty();
  }

  /** Lets the next evaluation carry out the proposal. */
  ThrottleState approved(ThrottleState state, ThrottleEvent.Approved by) {
    Attempts.Proposal open = attempts.proposal();
    if (open == null) {
      return state;
    }
    attempts =
        attempts.proposing(open.approved(new Attempts.Proposal.Approval(by.by(), by.reason())));
    effects.add(new ThrottleEffect.RefreshAlert());
    return state instanceof ThrottleState.InForce held ? held.hindered(null) : state;
  }

  static Attempts.End denied(ThrottleEvent.Denied by) {
    return new Attempts.End(
        Attempts.End.Kind.DENIED, "denied by %s: %s".formatted(by.by(), by.reason()));
  }

  Attempts.End released(ThrottleEvent.OperatorReleased by) {
    Attempts.End before = attempts.end();
    boolean all = by.all() && (before == null || before.kind() == Attempts.End.Kind.RELEASED_ALL);
    return new Attempts.End(
        all ? Attempts.End.Kind.RELEASED_ALL : Attempts.End.Kind.RELEASED,
        "released by " + by.by());
  }
}
