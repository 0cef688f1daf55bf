package io.blkwarden.controller.throttle;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

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
