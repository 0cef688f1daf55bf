package io.blkwarden.controller.history;

import io.blkwarden.controller.snapshot.KnownNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Series by name; mutable, owned by one thread. */
final class SeriesTable {
  static final long STEP_MILLIS = 5_000;

  /** Values of a series, of 15 minutes. */
  static final int POINTS = 180;

  private final Map<String, Series> table = new LinkedHashMap<>();

  static long slot(long wallMillis) {
    return Math.floorDiv(wallMillis, STEP_MILLIS);
  }

  int size() {
    return table.size();
  }

  boolean contains(String name) {
    return table.containsKey(name);
  }

  /** Sets the value of a slot; ignored for a slot older than the last one. */
  void put(String name, long slot, @Nullable Double value) {
    table.computeIfAbsent(name, _ -> new Series()).put(slot, value);
  }

  /** The values up to a slot. */
  FleetHistory.Chart chart(long slot) {
    Map<String, List<@Nullable Double>> values = new LinkedHashMap<>();
    table.forEach((name, series) -> values.put(name, series.until(slot)));
    return new FleetHistory.Chart(slot * STEP_MILLIS, STEP_MILLIS, values);
  }

  /** The last {@link #POINTS} values of a number. Missing values are unknown. */
  private static final class Series {
    private final float[] ring = new float[POINTS];
    private long last = -1;

    Series() {
      Arrays.fill(ring, Float.NaN);
    }

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
}
