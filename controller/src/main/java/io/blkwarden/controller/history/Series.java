package io.blkwarden.controller.history;

import io.blkwarden.controller.snapshot.KnownNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last {@link #POINTS} values of a number, one every {@link #STEP_MILLIS}; mutable, owned by
 * one thread. Missing values are unknown.
 */
final class Series {
  static final long STEP_MILLIS = 5_000;

  /** 15 minutes. */
  static final int POINTS = 180;

  private final float[] ring = new float[POINTS];
  private long last = -1;

  Series() {
    Arrays.fill(ring, Float.NaN);
  }

  static long slot(long wallMillis) {
    return Math.floorDiv(wallMillis, STEP_MILLIS);
  }

  /** Sets the value of a slot; ignored for a slot older than the last one. */
  void put(long slot, @Nullable Double value) {
    if (slot < last) {
      return;
    }
    for (long gap = Math.max(last + 1, slot - POINTS); last >= 0 && gap < slot; gap++) {
      ring[(int) (gap % POINTS)] = Float.NaN;
    }
    ring[(int) (slot % POINTS)] = value == null ? Float.NaN : value.floatValue();
    last = slot;
  }

  /** The values up to a slot, the oldest first, {@link #POINTS} of them. */
  List<@Nullable Double> until(long slot) {
    List<@Nullable Double> values = new ArrayList<>(POINTS);
    for (long each = slot - POINTS + 1; each <= slot; each++) {
      boolean kept = each >= 0 && each <= last && each > last - POINTS;
      values.add(kept ? KnownNumbers.rounded(ring[(int) (each % POINTS)]) : null);
    }
    return values;
  }
}
