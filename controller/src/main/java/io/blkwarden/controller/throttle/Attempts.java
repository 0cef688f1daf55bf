package io.blkwarden.controller.throttle;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What outlives the states of a throttle within one breach.
 *
 * @param step of the ladder, from 0: the one in force, or the one to try next
 * @param failures commands in a row that failed
 * @param undone how often others on the host undid the throttle
 * @param proposal the step that an operator must approve, or has approved; absent for none
 * @param end why nothing more is tried once the present lease is over; absent when something is
 */
public record Attempts(
    int step, int failures, int undone, @Nullable Proposal proposal, @Nullable End end) {
  /** Nothing was tried. */
  public static final Attempts NONE = new Attempts(0, 0, 0, null, null);

  /** Why nothing more is tried in a breach, and the text for it. */
  public record End(Kind kind, String text) {
    /** Who or what ended it. */
    public enum Kind {
      /** The throttle harmed the neighbours. */
      HARMED,
      /** No step of the ladder had an effect. */
      EXHAUSTED,
      /** An operator denied the proposal. */
      DENIED,
      /** Others on the host undid the throttle twice. */
      UNDONE,
      /** Released on the host. */
      RELEASED_ON_HOST,
      /** An operator released the disk. */
      RELEASED,
      /** An operator released everything; resuming takes this back. */
      RELEASED_ALL,
      /** The condition is over. */
      CLEARED
    }
  }

  Attempts atStep(int next) {
    return new Attempts(next, failures, undone, proposal, end);
  }

  Attempts failed(int count) {
    return new Attempts(step, count, undone, proposal, end);
  }

  Attempts undoneOnce() {
    return new Attempts(step, failures, undone + 1, proposal, end);
  }

  Attempts proposing(@Nullable Proposal next) {
    return new Attempts(step, failures, undone, next, end);
  }

  Attempts ending(@Nullable End next) {
    return new Attempts(step, failures, undone, proposal, next);
  }

  /**
   * A step of the ladder that an operator must approve.
   *
   * @param id names it in {@code blkwarden approve}
   * @param restraint what would be set
   * @param expiresMillis when it expires, on the monotonic clock
   * @param expires the same, on the wall clock
   * @param approval who approved it and why; absent before that
   */
  public record Proposal(
      MessageId id,
      Restraint restraint,
      long expiresMillis,
      Instant expires,
      @Nullable Approval approval) {
    /** How long a proposal, and its approval, is valid, in ms: 15 minutes. */
    public static final long EXPIRES_MILLIS = 900_000;

    /** An operator's approval. */
    public record Approval(String by, String reason) {}

    static Proposal of(MessageId id, Restraint restraint, long nowMillis, Instant wall) {
      return new Proposal(
          id, restraint, nowMillis + EXPIRES_MILLIS, wall.plusMillis(EXPIRES_MILLIS), null);
    }

    Proposal approved(Approval by) {
      return new Proposal(id, restraint, expiresMillis, expires, by);
    }

    /** Who approved it; absent before that. */
    public @Nullable String approvedBy() {
      return approval == null ? null : approval.by();
    }
  }
}
