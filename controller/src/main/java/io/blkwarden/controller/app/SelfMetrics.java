package io.blkwarden.controller.app;

import io.blkwarden.controller.http.Metric;
import io.blkwarden.controller.http.Readiness;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** Metrics of the controller as a process. */
final class SelfMetrics {
  private static final double MILLIS = 1_000;

  private SelfMetrics() {}

  static List<Metric> all(InstantSource clock, Supplier<Readiness> readiness) {
    double started = clock.millis() / MILLIS;
    return List.of(
        new Metric(
            "build_info",
            "1; its version is a label.",
            List.of("version"),
            taker -> taker.take(1, version())),
        Metric.of("start_time_seconds", "When the controller started, since 1970.", () -> started),
        Metric.of(
            "ready",
            "1 when it does its work; what hinders it stands in /readyz.",
            () -> readiness.get().ready() ? 1 : 0));
  }

  private static String version() {
    String version = SelfMetrics.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
