package io.blkwarden.controller.http;

import java.util.List;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * The metrics to serve.
 *
 * @param metrics all metrics
 * @param refresh updates their values before a scrape; completes normally and soon, even on errors
 */
public record MetricSource(List<Metric> metrics, Supplier<? extends Mono<?>> refresh) {
  public MetricSource {
    metrics = List.copyOf(metrics);
  }
}
