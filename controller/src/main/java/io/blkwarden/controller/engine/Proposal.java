package io.blkwarden.controller.engine;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A rung that waits for a person; mutable. */
final class Proposal {
  /** How long a proposal, and an approval of it, counts, in ms: 15 minutes. */
  static final long EXPIRES_MILLIS = 900_000;

  final MessageId id;
  final Restraint restraint;
  final long expiresMillis;
  final Instant expires;

  /** Who approved it; absent while nobody has. */
  @Nullable String approvedBy;

  Proposal(MessageId id, Restraint restraint, Moment now) {
    this.id = id;
    this.restraint = restraint;
    this.expiresMillis = now.monotonicMillis() + EXPIRES_MILLIS;
    this.expires = now.wall().plusMillis(EXPIRES_MILLIS);
  }
}
