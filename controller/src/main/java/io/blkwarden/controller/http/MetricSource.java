package io.blkwarden.controller.http;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * The metrics to serve.
 *
 * @param metrics all metrics
 * @param refresh updates their values before a scrape
 */
public record MetricSource(List<Metric> metrics, Refresh refresh) {
  public MetricSource {
    metrics = List.copyOf(metrics);
  }

  /** Updates the values of metrics. */
  public interface Refresh {
    /** Starts an update; completes normally and soon, even on errors. */
    Mono<?> get();
  }

  /** Metrics that need no update. */
  public static MetricSource of(List<Metric> metrics) {
    return new MetricSource(metrics, Mono::empty);
  }
}
