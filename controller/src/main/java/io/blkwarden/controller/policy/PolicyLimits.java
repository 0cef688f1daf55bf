package io.blkwarden.controller.policy;

import java.time.Duration;

/** The bounds of values in policies. */
public final class PolicyLimits {
  /** Longest duration in a policy, in ms: a day. */
  public static final long DURATION_MAX_MILLIS = Duration.ofDays(1).toMillis();

  /** Most policies together. */
  public static final int POLICIES_MAX = 256;

  /** Most protect rules together. */
  public static final int PROTECT_MAX = 10_000;

  /** Most steps of a ladder. */
  public static final int STEPS_MAX = 8;

  /** Most terms of a condition. */
  public static final int TERMS_MAX = 16;

  private PolicyLimits() {}
}
