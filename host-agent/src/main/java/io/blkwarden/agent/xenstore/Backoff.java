package io.blkwarden.agent.xenstore;

import io.blkwarden.model.Require;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: doubling up to a limit, and the upper half of it random, so
 * that a restarted server is not met by all its clients at once.
 */
final class Backoff {
  private final long minMillis;
  private final long maxMillis;
  private final RandomGenerator random;
  private long ceilingMillis;

  Backoff(long minMillis, long maxMillis, RandomGenerator random) {
    this.minMillis = Require.within(minMillis, 2, 60_000, "backoff.min_ms");
    this.maxMillis = Require.within(maxMillis, minMillis, 600_000, "backoff.max_ms");
    this.random = random;
    this.ceilingMillis = minMillis;
  }

  /** The next wait, in milliseconds: from half of the current limit to the whole of it. */
  long nextMillis() {
    long wait = ceilingMillis / 2 + random.nextLong(ceilingMillis / 2 + 1);
    ceilingMillis = Math.min(2 * ceilingMillis, maxMillis);
    return wait;
  }

  /** Starts over, once a try has worked. */
  void reset() {
    ceilingMillis = minMillis;
  }
}
