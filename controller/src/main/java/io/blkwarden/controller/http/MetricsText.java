package io.blkwarden.controller.http;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Renders metrics in the Prometheus text format. */
final class MetricsText {
  static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

  MetricsText(List<Metric> metrics) {
    metrics.forEach(this::register);
  }

  private void register(Metric metric) {
    String[] labels = metric.labels().toArray(String[]::new);
    if (metric.counter()) {
      CounterWithCallback _ =
          CounterWithCallback.builder()
              .name("blkwarden_" + metric.name())
              .help(metric.help())
              .labelNames(labels)
              .callback(target -> metric.values().accept(known(target::call)))
              .register(registry);
    } else {
      GaugeWithCallback _ =
          GaugeWithCallback.builder()
              .name("blkwarden_" + metric.name())
              .help(metric.help())
              .labelNames(labels)
              .callback(target -> metric.values().accept(known(target::call)))
              .register(registry);
    }
  }

  private static Metric.Sink known(Metric.Sink taker) {
    return (value, labels) -> {
      if (!Double.isNaN(value)) {
        taker.take(value, labels);
      }
    };
  }

  byte[] render() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(8_192);
    try {
      writer.write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
