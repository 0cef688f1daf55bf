package io.blkwarden.controller.http;

import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * A number that Prometheus may read.
 *
 * @param name without {@code blkwarden_}, in snake case, its unit last; counters end in {@code
 *     _total}
 * @param help what it says, in a sentence
 * @param label name of the label that tells its series apart; empty when there is one series
 * @param series at least one
 */
public record Metric(String name, String help, String label, List<Series> series) {
  public Metric {
    series = List.copyOf(series);
  }

  /**
   * One value.
   *
   * @param label value of the label
   * @param value read whenever Prometheus asks; must not wait
   */
  public record Series(String label, DoubleSupplier value) {}

  /** A metric of one series. */
  public static Metric of(String name, String help, DoubleSupplier value) {
    return new Metric(name, help, "", List.of(new Series("", value)));
  }

  boolean counter() {
    return name.endsWith("_total");
  }
}
