package io.blkwarden.controller.policy;

import io.blkwarden.model.Require;

/**
 * How long a policy's alerts are kept, and how often they are published again.
 *
 * @param keepFiringMillis measured time without a breach before the alert is resolved; 0 to resolve
 *     at once
 * @param remindMillis time after which an open alert is published again; 0 for never
 */
public record AlertLife(long keepFiringMillis, long remindMillis) {
  /** Resolves at once and never reminds. */
  public static final AlertLife PLAIN = new AlertLife(0, 0);

  /** Shortest time between two reminders in ms, so that a fleet's alerts do not flood NATS. */
  public static final long REMIND_MIN_MILLIS = 10_000;

  public AlertLife {
    Require.within(keepFiringMillis, 0, PolicyLimits.DURATION_MAX_MILLIS, "keep_firing_for");
    Require.within(
        remindMillis,
        remindMillis == 0 ? 0 : REMIND_MIN_MILLIS,
        PolicyLimits.DURATION_MAX_MILLIS,
        "remind_every");
  }
}
