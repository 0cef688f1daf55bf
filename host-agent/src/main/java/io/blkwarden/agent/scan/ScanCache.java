package io.blkwarden.agent.scan;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A value cached between scans while its source reports no change.
 *
 * @param mark the source's change counter when it was read
 * @param ticks uptime when it was read
 * @param value cached value
 */
record ScanCache<T>(long mark, long ticks, T value) {
  /** Maximum age: 10 minutes. */
  static final long MAX_AGE_TICKS = 60_000;

  /**
   * The value if it is still valid, else null.
   *
   * @param now current change counter; empty when unknown
   * @param uptimeTicks current uptime; absent when unknown
   */
  static <T> @Nullable T valueIfValid(
      @Nullable ScanCache<T> cache, OptionalLong now, @Nullable Long uptimeTicks) {
    if (cache == null || uptimeTicks == null || now.isEmpty()) {
      return null;
    }
    return now.getAsLong() == cache.mark() && uptimeTicks - cache.ticks() < MAX_AGE_TICKS
        ? cache.value()
        : null;
  }
}
