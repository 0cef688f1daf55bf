package io.blkwarden.controller.http;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Where metrics come from.
 *
 * @param metrics all of them
 * @param refresh looks at what they tell of before they are read; its end is waited for
 */
public record MetricSource(List<Metric> metrics, Refresh refresh) {
  public MetricSource {
    metrics = List.copyOf(metrics);
  }

  /** Gets what metrics tell of. */
  public interface Refresh {
    /** Begins to; completes soon, normally whatever happens. */
    Mono<?> get();
  }

  /** Metrics that need no look before. */
  public static MetricSource of(List<Metric> metrics) {
    return new MetricSource(metrics, Mono::empty);
  }
}
