package io.blkwarden.controller.spec;

import io.blkwarden.controller.policy.FleetLevel;
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
public final class SpecBook {
  /** Most classes. */
  public static final int CLASSES_MAX = 256;

  /** A level needs so many values a disk of the least population. */
  private static final int VALUES_PER_DISK = 3;

  private final Map<SpecClass, Learned> classes = new LinkedHashMap<>();

  /** Takes a disk's mean over a window; negative and unknown ones are left out. */
  public void add(SpecClass of, double value, long nowMillis) {
    Learned learned = classes.get(of);
    if (learned == null && classes.size() < CLASSES_MAX) {
      learned = new Learned(of);
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
  public void load(FleetSpec spec, boolean instead, long nowMillis) throws IOException {
    boolean known = classes.containsKey(spec.of());
    if (known ? instead : classes.size() < CLASSES_MAX) {
      Learned learned = new Learned(spec.of());
      learned.load(spec, nowMillis);
      classes.put(spec.of(), learned);
    }
  }

  /** The level for a class; {@link Double#NaN} while too little is known of it. */
  public double level(SpecClass of, FleetLevel wanted) {
    Learned learned = classes.get(of);
    if (learned == null
        || learned.disks() < wanted.minDisks()
        || learned.count() < (double) VALUES_PER_DISK * wanted.minDisks()) {
      return Double.NaN;
    }
    Double percentile = wanted.percentile();
    if (percentile != null) {
      return Math.max(wanted.floor(), learned.quantile(percentile / 100));
    }
    FleetSpec spec = learned.spec(Instant.EPOCH);
    return Math.max(wanted.floor(), spec.mean() + wanted.sigmas() * spec.sigma());
  }

  /** How many disks of the class were measured last. */
  public int disks(SpecClass of) {
    Learned learned = classes.get(of);
    return learned == null ? 0 : learned.disks();
  }

  /** All that is known, to be kept. */
  public List<FleetSpec> specs(Instant at) {
    List<FleetSpec> specs = new ArrayList<>();
    for (Learned each : classes.values()) {
      if (each.count() > 0) {
        specs.add(each.spec(at));
      }
    }
    return specs;
  }
}
