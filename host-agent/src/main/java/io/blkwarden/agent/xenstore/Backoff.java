package io.blkwarden.agent.xenstore;

import java.util.random.RandomGenerator;

/**
 * Exponential backoff with jitter: delays double up to a limit, and the upper half of each is
 * random.
 */
final class Backoff {
  private final long minMillis;
  private final long maxMillis;
  private final RandomGenerator random;
  private long ceilingMillis;

  Backoff(long minMillis, long maxMillis, RandomGenerator random) {
    this.minMillis = minMillis;
    this.maxMillis = maxMillis;
    this.random = random;
    this.ceilingMillis = minMillis;
  }

  /** The next delay in milliseconds: half to all of the current ceiling. */
  long nextMillis() {
    long delay = ceilingMillis / 2 + random.nextLong(ceilingMillis / 2 + 1);
    ceilingMillis = Math.min(2 * ceilingMillis, maxMillis);
    return delay;
  }

  /** Starts over, after a success. */
  void reset() {
    ceilingMillis = minMillis;
  }
}
