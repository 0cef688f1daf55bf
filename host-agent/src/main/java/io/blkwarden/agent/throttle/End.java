package io.blkwarden.agent.throttle;

import io.blkwarden.model.message.Outcome;

/** How a lease ends. */
public enum End {
  /** By command or because the agent stops. */
  RELEASED(Outcome.Result.RELEASED),
  /** By its time. */
  EXPIRED(Outcome.Result.EXPIRED),
  /** After a crash, or after a change that failed half-way. */
  RECOVERED(Outcome.Result.RECOVERED),
  /** Its workers are no longer those of the disk. */
  GONE(Outcome.Result.GONE);

  private final Outcome.Result result;

  End(Outcome.Result result) {
    this.result = result;
  }

  Outcome.Result result() {
    return result;
  }
}
