package io.blkwarden.controller.app;

import io.blkwarden.controller.http.FleetView;
import io.blkwarden.controller.http.Metric;
import io.blkwarden.controller.http.Metric.Series;
import io.blkwarden.controller.notify.Notifier;
import io.blkwarden.controller.notify.NotifyCounters;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** Metrics of what people are told, and of what they said. */
final class AlertingMetrics {
  private final Notifier notifier;
  private final FleetView view;
  private final InstantSource clock;

  AlertingMetrics(Notifier notifier, FleetView view, InstantSource clock) {
    this.notifier = notifier;
    this.view = view;
    this.clock = clock;
  }

  List<Metric> all() {
    return List.of(
        pages("pages_sent_total", "Alerts that a receiver took.", c -> c.sent),
        pages("page_requests_failed_total", "Requests that failed.", c -> c.failed),
        pages("pages_dropped_total", "Alerts that were given up.", c -> c.dropped),
        Metric.of(
            "pages_overflow_total",
            "Alerts dropped before anyone was told.",
            () -> notifier.overflow()),
        Metric.of(
            "acting_paused",
            "Whether a person paused acting.",
            () -> view.operatorState().pause().isPresent() ? 1 : 0),
        Metric.of(
            "silences", "Silences that hold.", () -> view.operatorState().silencesNow(clock.instant())));
  }

  private Metric pages(String name, String help, Function<NotifyCounters, LongAdder> of) {
    return new Metric(
        name,
        help,
        "receiver",
        List.of(
            new Series("alertmanager", () -> of.apply(notifier.toAlertmanagers()).sum()),
            new Series("webhook", () -> of.apply(notifier.toWebhooks()).sum())));
  }
}
