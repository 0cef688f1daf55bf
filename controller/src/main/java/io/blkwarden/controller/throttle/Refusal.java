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

  /** The refusals that have no numbers. */
  enum Plain implements Refusal {
    /** The protect list names the disk. */
    PROTECTED(Check.PROTECTED, "the protect list names it"),

    /** The disk is being removed. */
    DISK_REMOVED(Check.MAPPING, "the disk is being removed"),

    /** Events of the host's map are missing. */
    MAP_INCOMPLETE(Check.MAPPING, "events of the host's map are missing, waiting for a snapshot"),

    /** The host's agent is read-only. */
    READ_ONLY_AGENT(Check.READ_ONLY, "the host's agent is read-only"),

    /** This controller is not the leader. */
    NOT_LEADER(Check.WAIT, "this controller is not the leader"),

    /** The host's agent has not confirmed this leader yet. */
    AGENT_UNINFORMED(Check.WAIT, "the host's agent has not confirmed this leader yet"),

    /** The newest sample is not over the threshold. */
    BELOW_THRESHOLD(Check.WAIT, "it is not over its threshold now"),

    /** The detector only warns so far. */
    ONLY_WARNED(Check.WAIT, "only the warning threshold is exceeded so far"),

    /** The step is proposed again after a rest. */
    PROPOSED_LATER(Check.WAIT, "it will be proposed again later"),

    /** The disk was not measured for as long as its lease. */
    NOT_MEASURED(Check.WAIT, "the disk was not measured for as long as its lease"),

    /** The lease has ended. */
    LEASE_OVER(Check.WAIT, "its lease has ended");

    private final Check check;
    private final String text;

    Plain(Check check, String text) {
      this.check = check;
      this.text = text;
    }
  }

  /**
   * The disk's workers are not proven.
   *
   * @param reason what the agent says; absent when it says nothing
   */
  record WorkersNotProven(@Nullable String reason) implements Refusal {}

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

  /** Another policy, an operator or an unknown lease throttles the disk. */
  record AlreadyThrottled(MessageId lease, String whose) implements Refusal {}

  /** An operator must approve the step first. */
  record AwaitsApproval(MessageId proposal, Restraint restraint) implements Refusal {}

  /** No operator approved the step in time. */
  record NotApproved(Restraint restraint) implements Refusal {}

  /** A throttle in force is not renewed or changed, so its lease expires. */
  record NotRenewed(Refusal cause) implements Refusal {}

  /** The agent did not change the restraint; the one before stays. */
  record NotSet(Restraint restraint, String why) implements Refusal {}

  /** The check that refused. */
  default Check check() {
    return switch (this) {
      case Plain plain -> plain.check;
      case WorkersNotProven _ -> Check.MAPPING;
      case FleetAnomalous _, LimitReached _ -> Check.BRAKE;
      case NotTheCause _ -> Check.BLAME;
      case Paused _ -> Check.PAUSED;
      case Exhausted _ -> Check.EXHAUSTED;
      case Ineffective _ -> Check.INEFFECTIVE;
      case AlreadyThrottled _, AwaitsApproval _, NotApproved _, NotRenewed _, NotSet _ ->
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
      case Plain plain -> plain.text;
      case WorkersNotProven(String reason) ->
          "its workers are not proven" + (reason == null ? "" : " (" + reason + ")");
      case FleetAnomalous(int anomalous, int hosts, double atMost) ->
          "stop_if_hosts_anomalous: %d of %d hosts are anomalous, more than %.0f%%"
              .formatted(anomalous, hosts, atMost * 100);
      case LimitReached(String key, int now, int atMost, String what) ->
          "%s: %d of at most %d %s".formatted(key, now, atMost, what);
      case NotTheCause(_, _, String finding) -> finding;
      case Paused(String by, String reason) ->
          "enforcement is paused by %s: %s".formatted(by, reason);
      case Exhausted(String skipped) ->
          "no step of the ladder is left" + (skipped.isEmpty() ? "" : ": " + skipped);
      case Ineffective(String skipped) -> skipped;
      case AlreadyThrottled(_, String whose) -> "the disk is already throttled %s".formatted(whose);
      case AwaitsApproval(MessageId proposal, Restraint restraint) ->
          "%s waits for approval: blkwarden approve %s".formatted(restraint, proposal);
      case NotApproved(Restraint restraint) -> "%s was not approved in time".formatted(restraint);
      case NotRenewed(Refusal cause) -> "not renewed: " + cause.text();
      case NotSet(Restraint restraint, String why) ->
          "%s was not set: %s".formatted(restraint, why);
    };
  }

  /** The same as a full sentence, for decision records and the alert's note. */
  default String sentence() {
    return switch (this) {
      case Plain.ONLY_WARNED, Plain.PROPOSED_LATER -> text();
      case Exhausted _, Ineffective _, AlreadyThrottled _ -> text();
      case AwaitsApproval _, NotApproved _, NotRenewed _, NotSet _ -> text();
      default -> ThrottleText.NOT_THROTTLED + text();
    };
  }
}
