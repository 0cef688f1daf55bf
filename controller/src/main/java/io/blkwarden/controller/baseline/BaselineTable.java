package io.blkwarden.controller.baseline;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The baselines of all classes of disks; mutable, owned by one thread.
 *
 * <p>In each round of a window's length, every disk that was measured for most of it adds the mean
 * of its metric once. Disks of classes beyond {@link #CLASSES_MAX} have no threshold.
 */
public final class BaselineTable {
  /** Most classes. */
  public static final int CLASSES_MAX = 256;

  /** Fewest values per disk of the least population for a threshold. */
  private static final int VALUES_PER_DISK = 3;

  private final Map<DiskClass, LearnedDay> classes = new LinkedHashMap<>();

  /** Adds a disk's mean over a window; negative and unknown ones are ignored. */
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
   * Takes over the baseline of another controller.
   *
   * @param instead whether it replaces a known baseline of the class
   * @throws IOException if the sketch is invalid; nothing is changed then
   */
  public void load(DiskBaseline baseline, boolean instead, long nowMillis) throws IOException {
    boolean known = classes.containsKey(baseline.of());
    if (known ? instead : classes.size() < CLASSES_MAX) {
      LearnedDay learned = new LearnedDay(baseline.of());
      learned.load(baseline, nowMillis);
      classes.put(baseline.of(), learned);
    }
  }

  /** The threshold of a class; {@link Double#NaN} while it has too few values. */
  public double threshold(DiskClass of, BaselineThreshold wanted) {
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
    DiskBaseline baseline = learned.baseline(Instant.EPOCH);
    return Math.max(wanted.floor(), baseline.mean() + wanted.sigmas() * baseline.sigma());
  }

  /** Disks of the class in the last round. */
  public int disks(DiskClass of) {
    LearnedDay learned = classes.get(of);
    return learned == null ? 0 : learned.disks();
  }

  /** All baselines with values, to be stored. */
  public List<DiskBaseline> all(Instant at) {
    List<DiskBaseline> all = new ArrayList<>();
    for (LearnedDay each : classes.values()) {
      if (each.count() > 0) {
        all.add(each.baseline(at));
      }
    }
    return all;
  }
}
