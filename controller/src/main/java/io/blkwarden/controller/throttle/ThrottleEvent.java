package io.blkwarden.controller.throttle;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert.AlertWorker;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What changes the state of a throttle. */
public sealed interface ThrottleEvent {
  /** An event that changes nothing without a lease. */
  sealed interface OfLease extends ThrottleEvent {}

  /** The disk was measured, and its breach lasts. */
  record Evaluated() implements ThrottleEvent {}

  /** The disk has a throttle that is not this breach's. */
  record DiskThrottled(MessageId lease, String whose) implements ThrottleEvent {}

  /**
   * A breach takes over a lease.
   *
   * @param yielded whether from a standing policy, and not a lease without an owner
   */
  record Adopted(boolean yielded) implements OfLease {}

  /**
   * The breach that owned the lease is over.
   *
   * @param policy of the breach
   * @param why in a sentence
   * @param cleared whether the condition cleared, and not the disk or the policy is gone
   */
  record BreachEnded(String policy, String why, boolean cleared) implements OfLease {}

  /**
   * The agent carried out a command.
   *
   * @param restraint that the command set; absent when none
   * @param at when, on the host's wall clock
   * @param remainingMillis of the lease; absent when the agent does not say
   */
  record Applied(
      CommandPurpose purpose,
      @Nullable Restraint restraint,
      Instant at,
      @Nullable Long remainingMillis,
      List<AlertWorker> workers)
      implements OfLease {}

  /**
   * The agent did not carry out a command.
   *
   * @param restraint that the command would have set; absent when none
   * @param failed whether it tried and failed
   * @param mapStale whether the command was based on an old map
   */
  record Rejected(
      CommandPurpose purpose,
      @Nullable Restraint restraint,
      String why,
      boolean failed,
      boolean mapStale)
      implements OfLease {}

  /** No answer to a command came. */
  record Unanswered(CommandPurpose purpose, @Nullable Restraint restraint, String why)
      implements OfLease {}

  /**
   * The lease ended on the host.
   *
   * @param cause how
   * @param detail what the agent says
   * @param answerTo the command that this answers; absent when none
   * @param at when, on the host's wall clock
   */
  record LeaseEnded(Cause cause, String detail, @Nullable CommandPurpose answerTo, Instant at)
      implements OfLease {
    /** How a lease ends. */
    public enum Cause {
      /** Released on the host, or as asked. */
      RELEASED,
      /** Others changed the restraint. */
      UNDONE,
      /** Expired, or its disk is gone. */
      EXPIRED,
      /** Found and ended by the agent after a restart. */
      RECOVERED
    }
  }

  /** A heartbeat of the host lists the lease with this time left, or does not list it. */
  record Reported(boolean listed, long remainingMillis) implements OfLease {}

  /** Time has passed. */
  record Ticked() implements OfLease {}

  /** An operator sets a restraint on the disk. */
  record OperatorSet(String by, String reason, Restraint restraint, long leaseMillis)
      implements ThrottleEvent {}

  /** An operator releases the disk, or everything: then the host is sent one command for all. */
  record OperatorReleased(String by, String reason, boolean all) implements ThrottleEvent {}

  /** An operator approves the proposal. */
  record Approved(String by, String reason) implements ThrottleEvent {}

  /** An operator denies the proposal. */
  record Denied(String by, String reason) implements ThrottleEvent {}

  /** An operator ended the pause. */
  record Resumed() implements ThrottleEvent {}

  /** A whole map of the host came. */
  record MapReceived() implements ThrottleEvent {}
}
