package io.blkwarden.agent.lease;

import io.blkwarden.model.message.Outcome;
import org.jspecify.annotations.Nullable;

/** The ways in which a lease ends. */
public enum LeaseEnd {
  /** By command, or because the agent stops. */
  RELEASED(Outcome.Result.RELEASED, null),
  /** By expiry. */
  EXPIRED(Outcome.Result.EXPIRED, null),
  /** After a crash, or after a partly failed change. */
  RECOVERED(Outcome.Result.RECOVERED, null),
  /** Its workers are no longer the disk's. */
  GONE(Outcome.Result.GONE, null),
  /** By the starvation guard: no request completed in time, or a guest's shutdown was blocked. */
  STARVED(Outcome.Result.RELEASED, Outcome.Cause.STARVED),
  /** Something else has changed a priority, cgroup or limit. */
  UNDONE(Outcome.Result.RELEASED, Outcome.Cause.UNDONE);

  /** The result to publish. */
  final Outcome.Result result;

  /** The cause to publish, if neither expiry nor a command. */
  final Outcome.@Nullable Cause cause;

  LeaseEnd(Outcome.Result result, Outcome.@Nullable Cause cause) {
    this.result = result;
    this.cause = cause;
  }
}
