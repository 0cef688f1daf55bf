package io.blkwarden.controller.history;

import io.blkwarden.controller.snapshot.KnownNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number every {@link #STEP_MILLIS} over the last {@link #POINTS} of them; mutable, for one
 * thread. Where nothing was put it is unknown.
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

  /** Sets the number of a slot; of an older slot than the last it is left out. */
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

  /** The numbers up to a slot, the oldest first, {@link #POINTS} of them. */
  List<@Nullable Double> until(long slot) {
    List<@Nullable Double> values = new ArrayList<>(POINTS);
    for (long each = slot - POINTS + 1; each <= slot; each++) {
      boolean kept = each >= 0 && each <= last && each > last - POINTS;
      values.add(kept ? KnownNumbers.of(ring[(int) (each % POINTS)]) : null);
    }
    return values;
  }
}
