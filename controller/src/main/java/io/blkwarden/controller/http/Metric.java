package io.blkwarden.controller.http;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * A number that Prometheus may read.
 *
 * @param name without {@code blkwarden_}, in snake case, its unit last and of the base units (s,
 *     bytes, ratios); counters end in {@code _total}
 * @param help what it says, in a sentence
 * @param labels names of the labels that tell its series apart; empty when there is one series
 * @param values gives the values whenever Prometheus asks; must not wait
 */
public record Metric(String name, String help, List<String> labels, Consumer<Sink> values) {
  public Metric {
    labels = List.copyOf(labels);
  }

  /**
   * One value of fixed labels.
   *
   * @param label value of the label
   * @param value read whenever Prometheus asks; must not wait
   */
  public record Series(String label, DoubleSupplier value) {}

  /** Takes values. */
  public interface Sink {
    /**
     * Takes one.
     *
     * @param value left out when it is {@link Double#NaN}: unknown is no number
     * @param labels values of the labels, each combination at most once
     */
    void take(double value, String... labels);
  }

  /** A metric whose series are told apart by one label, and are always the same. */
  public Metric(String name, String help, String label, List<Series> series) {
    this(
        name,
        help,
        List.of(label),
        taker -> series.forEach(each -> taker.take(each.value().getAsDouble(), each.label())));
  }

  /** A metric of one series. */
  public static Metric of(String name, String help, DoubleSupplier value) {
    return new Metric(name, help, List.of(), taker -> taker.take(value.getAsDouble()));
  }

  boolean counter() {
    return name.endsWith("_total");
  }
}
