package io.blkwarden.controller.throttle;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.WireName;
import org.jspecify.annotations.Nullable;

/** Why a disk is not throttled, or a throttle not renewed, with the numbers that decided it. */
public sealed interface Refusal {
  /** The check that refused. */
  enum Check implements WireName {
    PROTECTED,
    MAPPING,
    BRAKE,
    BLAME,
    READ_ONLY,
    PAUSED,
    EXHAUSTED,
    INEFFECTIVE,
    /** Not a refusal: the state passes by itself, or an operator is awaited. */
    WAIT
  }

  /** The protect list names the disk. */
  record Protected() implements Refusal {}

  /** The disk is being removed. */
  record DiskRemoved() implements Refusal {}

  /**
   * The disk's workers are not proven.
   *
   * @param reason what the agent says; absent when it says nothing
   */
  record WorkersNotProven(@Nullable String reason) implements Refusal {}

  /** Events of the host's map are missing. */
  record MapIncomplete() implements Refusal {}

  /** Too many hosts have a breach. */
  record FleetAnomalous(int anomalous, int hosts, double atMost) implements Refusal {}

  /**
   * A safety limit is reached.
   *
   * @param key of the limit, as policies name it
   * @param what is counted, as in {@code disks of this host are throttled}
   */
  record LimitReached(String key, int now, int atMost, String what) implements Refusal {}

  /**
   * The disk is not found to cause the others' latency.
   *
   * @param verdict of the attribution
   * @param device it is about; empty for none
   * @param finding its explanation
   */
  record NotTheCause(String verdict, String device, String finding) implements Refusal {}

  /** The host's agent is read-only. */
  record ReadOnlyAgent() implements Refusal {}

  /** Enforcement is paused by an operator. */
  record Paused(String by, String reason) implements Refusal {}

  /**
   * The ladder has no further step.
   *
   * @param skipped which steps were skipped and why; empty for none
   */
  record Exhausted(String skipped) implements Refusal {}

  /** The devices ignore every step of the ladder. */
  record Ineffective(String skipped) implements Refusal {}

  /** This controller is not the leader. */
  record NotLeader() implements Refusal {}

  /** The host's agent has not confirmed this leader yet. */
  record AgentUninformed() implements Refusal {}

  /** The newest sample is not over the threshold. */
  record BelowThreshold() implements Refusal {}

  /** The detector only warns so far. */
  record OnlyWarned() implements Refusal {}

  /** Another policy, an operator or an unknown lease throttles the disk. */
  record AlreadyThrottled(MessageId lease, String whose) implements Refusal {}

  /** An operator must approve the step first. */
  record AwaitsApproval(MessageId proposal, Restraint restraint) implements Refusal {}

  /** No operator approved the step in time. */
  record NotApproved(Restraint restraint) implements Refusal {}

  /** The step is proposed again after a rest. */
  record ProposedLater() implements Refusal {}

  /** The disk was not measured for as long as its lease. */
  record NotMeasured() implements Refusal {}

  /** The lease has ended. */
  record LeaseOver() implements Refusal {}

  /** A throttle in force is not renewed or changed, so its lease expires. */
  record NotRenewed(Refusal cause) implements Refusal {}

  /** The agent did not change the restraint; the one before stays. */
  record NotSet(Restraint restraint, String why) implements Refusal {}

  /** The check that refused. */
  default Check check() {
    return switch (this) {
      case Protected _ -> Check.PROTECTED;
      case DiskRemoved _, WorkersNotProven _, MapIncomplete _ -> Check.MAPPING;
      case FleetAnomalous _, LimitReached _ -> Check.BRAKE;
      case NotTheCause _ -> Check.BLAME;
      case ReadOnlyAgent _ -> Check.READ_ONLY;
      case Paused _ -> Check.PAUSED;
      case Exhausted _ -> Check.EXHAUSTED;
      case Ineffective _ -> Check.INEFFECTIVE;
      case NotLeader _,
          AgentUninformed _,
          BelowThreshold _,
          OnlyWarned _,
          AlreadyThrottled _,
          AwaitsApproval _,
          NotApproved _,
          ProposedLater _,
          NotMeasured _,
          LeaseOver _,
          NotRenewed _,
          NotSet _ ->
          Check.WAIT;
    };
  }

  /** Whether it is a safety limit of the fleet, which an operator may override. */
  default boolean isSafetyLimit() {
    return this instanceof LimitReached || this instanceof FleetAnomalous;
  }

  /** Whether the decision on record for the other one serves for this one: numbers may differ. */
  default boolean sameAs(@Nullable Refusal other) {
    return switch (this) {
      case NotTheCause now ->
          other instanceof NotTheCause was
              && was.verdict().equals(now.verdict())
              && was.device().equals(now.device());
      case AlreadyThrottled now ->
          other instanceof AlreadyThrottled was && was.lease().equals(now.lease());
      case NotRenewed(Refusal cause) ->
          other instanceof NotRenewed(Refusal was) && cause.sameAs(was);
      default -> check() == Check.WAIT ? equals(other) : other != null && check() == other.check();
    };
  }

  /** Why, in a sentence without its subject. */
  default String text() {
    return switch (this) {
      case Protected _ -> "the protect list names it";
      case DiskRemoved _ -> "the disk is being removed";
      case WorkersNotProven(String reason) ->
          "its workers are not proven" + (reason == null ? "" : " (" + reason + ")");
      case MapIncomplete _ -> "events of the host's map are missing, waiting for a snapshot";
      case FleetAnomalous(int anomalous, int hosts, double atMost) ->
          "stop_if_hosts_anomalous: %d of %d hosts are anomalous, more than %.0f%%"
              .formatted(anomalous, hosts, atMost * 100);
      case LimitReached(String key, int now, int atMost, String what) ->
          "%s: %d of at most %d %s".formatted(key, now, atMost, what);
      case NotTheCause(_, _, String finding) -> finding;
      case ReadOnlyAgent _ -> "the host's agent is read-only";
      case Paused(String by, String reason) ->
          "enforcement is paused by %s: %s".formatted(by, reason);
      case Exhausted(String skipped) ->
          "no step of the ladder is left" + (skipped.isEmpty() ? "" : ": " + skipped);
      case Ineffective(String skipped) -> skipped;
      case NotLeader _ -> "this controller is not the leader";
      case AgentUninformed _ -> "the host's agent has not confirmed this leader yet";
      case BelowThreshold _ -> "it is not over its threshold now";
      case OnlyWarned _ -> "only the warning threshold is exceeded so far";
      case AlreadyThrottled(_, String whose) -> "the disk is already throttled %s".formatted(whose);
      case AwaitsApproval(MessageId proposal, Restraint restraint) ->
          "%s waits for approval: blkwarden approve %s".formatted(restraint, proposal);
      case NotApproved(Restraint restraint) -> "%s was not approved in time".formatted(restraint);
      case ProposedLater _ -> "it will be proposed again later";
      case NotMeasured _ -> "the disk was not measured for as long as its lease";
      case LeaseOver _ -> "its lease has ended";
      case NotRenewed(Refusal cause) -> "not renewed: " + cause.text();
      case NotSet(Restraint restraint, String why) ->
          "%s was not set: %s".formatted(restraint, why);
    };
  }

  /** The same as a full sentence, for decision records and the alert's note. */
  default String sentence() {
    return switch (this) {
      case Exhausted _, Ineffective _, OnlyWarned _, AlreadyThrottled _ -> text();
      case AwaitsApproval _, NotApproved _, ProposedLater _, NotRenewed _, NotSet _ -> text();
      default -> ThrottleText.NOT_THROTTLED + text();
    };
  }
}
