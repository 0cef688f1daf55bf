package io.blkwarden.agent.scan;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What one scan leaves to the next, which need not read it again while its source says that nothing
 * changed.
 *
 * @param mark what the source counted of changes when it was read
 * @param ticks the uptime then
 * @param value what was read
 */
record ScanCache<T>(long mark, long ticks, T value) {
  /** Whatever sources say, all is read anew after 10 minutes. */
  static final long MOST_TICKS = 60_000;

  /**
   * The value, if it still holds.
   *
   * @param now what the source counts now; empty when it cannot tell
   * @param uptimeTicks the uptime now; absent when it is unknown
   */
  static <T> @Nullable T still(
      @Nullable ScanCache<T> kept, OptionalLong now, @Nullable Long uptimeTicks) {
    if (kept == null || uptimeTicks == null || now.isEmpty()) {
      return null;
    }
    return now.getAsLong() == kept.mark() && uptimeTicks - kept.ticks() < MOST_TICKS
        ? kept.value()
        : null;
  }
}
