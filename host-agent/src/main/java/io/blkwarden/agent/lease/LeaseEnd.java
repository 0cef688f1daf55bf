package io.blkwarden.agent.lease;

import io.blkwarden.model.message.Outcome;
import org.jspecify.annotations.Nullable;

/** How a lease ends. */
public enum LeaseEnd {
  /** By command or because the agent stops. */
  RELEASED(Outcome.Result.RELEASED, null),
  /** By its time. */
  EXPIRED(Outcome.Result.EXPIRED, null),
  /** After a crash, or after a change that failed half-way. */
  RECOVERED(Outcome.Result.RECOVERED, null),
  /** Its workers are no longer those of the disk. */
  GONE(Outcome.Result.GONE, null),
  /** By the guard: requests waited and none completed, or a guest's shutdown waited for them. */
  STARVED(Outcome.Result.RELEASED, Outcome.Cause.STARVED),
  /** Because someone else has undone it in part. */
  UNDONE(Outcome.Result.RELEASED, Outcome.Cause.UNDONE);

  private final Outcome.Result result;

  private final Outcome.@Nullable Cause cause;

  LeaseEnd(Outcome.Result result, Outcome.@Nullable Cause cause) {
    this.result = result;
    this.cause = cause;
  }

  Outcome.@Nullable Cause cause() {
    return cause;
  }

  Outcome.Result result() {
    return result;
  }
}
