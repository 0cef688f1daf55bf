package io.blkwarden.controller.http;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * A Prometheus metric.
 *
 * @param name in snake case without {@code blkwarden_}, ending in its base unit (seconds, bytes,
 *     ratio); counters end in {@code _total}
 * @param help description
 * @param labels label names; empty for a single series
 * @param values provides the values at each scrape; must not block
 */
public record Metric(String name, String help, List<String> labels, Consumer<Sink> values) {
  public Metric {
    labels = List.copyOf(labels);
  }

  /** Receives values. */
  public interface Sink {
    /**
     * Adds a value.
     *
     * @param value omitted if {@link Double#NaN}, for unknown
     * @param labels label values; each combination at most once
     */
    void take(double value, String... labels);
  }

  /** A metric with a single series. */
  public static Metric of(String name, String help, DoubleSupplier value) {
    return new Metric(name, help, List.of(), taker -> taker.take(value.getAsDouble()));
  }

  boolean counter() {
    return name.endsWith("_total");
  }

  /**
   * The metrics to serve.
   *
   * @param metrics all metrics
   * @param refresh updates their values before a scrape; completes normally and soon, even on
   *     errors
   */
  public record Source(List<Metric> metrics, Supplier<? extends Mono<?>> refresh) {
    public Source {
      metrics = List.copyOf(metrics);
    }
  }
}
