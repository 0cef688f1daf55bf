package io.blkwarden.controller.baseline;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all classes of disks were learned to do; mutable, owned by one thread.
 *
 * <p>Rounds of a window's length: in each, every disk that was measured for most of it gives the
 * mean of its metric once. Holds {@link #CLASSES_MAX} classes; disks of further ones have no level.
 */
public final class BaselineTable {
  /** Most classes. */
  public static final int CLASSES_MAX = 256;

  /** A level needs so many values a disk of the least population. */
  private static final int VALUES_PER_DISK = 3;

  private final Map<DiskClass, LearnedDay> classes = new LinkedHashMap<>();

  /** Takes a disk's mean over a window; negative and unknown ones are left out. */
  public void add(DiskClass of, double value, long nowMillis) {
    LearnedDay learned = classes.get(of);
    if (learned == null && classes.size() < CLASSES_MAX) {
      learned = new LearnedDay(of);
      classes.put(of, learned);
    }
    if (learned != null && value >= 0 && value < Double.MAX_VALUE) {
      learned.add(value, nowMillis);
    }
  }

  /** Ends the round of all classes of a window. */
  public void endRound(long windowMillis, long nowMillis) {
    classes.forEach((of, learned) -> {
      if (of.windowMillis() == windowMillis) {
        learned.endRound(nowMillis);
      }
    });
  }

  /**
   * Takes over what another controller learned.
   *
   * @param instead whether it counts instead of what is known of its class already; else a class
   *     that is known is left as it is
   * @throws IOException if the spec's sketch is not one; nothing is changed then
   */
  public void load(DiskBaseline baseline, boolean instead, long nowMillis) throws IOException {
    boolean known = classes.containsKey(baseline.of());
    if (known ? instead : classes.size() < CLASSES_MAX) {
      LearnedDay learned = new LearnedDay(baseline.of());
      learned.load(baseline, nowMillis);
      classes.put(baseline.of(), learned);
    }
  }

  /** The level for a class; {@link Double#NaN} while too little is known of it. */
  public double level(DiskClass of, BaselineThreshold wanted) {
    LearnedDay learned = classes.get(of);
    if (learned == null
        || learned.disks() < wanted.minDisks()
        || learned.count() < (double) VALUES_PER_DISK * wanted.minDisks()) {
      return Double.NaN;
    }
    Double percentile = wanted.percentile();
    if (percentile != null) {
      return Math.max(wanted.floor(), learned.quantile(percentile / 100));
    }
    DiskBaseline baseline = learned.spec(Instant.EPOCH);
    return Math.max(wanted.floor(), baseline.mean() + wanted.sigmas() * baseline.sigma());
  }

  /** How many disks of the class were measured last. */
  public int disks(DiskClass of) {
    LearnedDay learned = classes.get(of);
    return learned == null ? 0 : learned.disks();
  }

  /** All that is known, to be kept. */
  public List<DiskBaseline> specs(Instant at) {
    List<DiskBaseline> specs = new ArrayList<>();
    for (LearnedDay each : classes.values()) {
      if (each.count() > 0) {
        specs.add(each.spec(at));
      }
    }
    return specs;
  }
}
