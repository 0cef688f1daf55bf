package io.blkwarden.agent.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Metric families without duplicate series: a restarting domain may briefly have a disk twice. */
final class Families {
  private static final String PREFIX = "blkwarden_agent_";
  private static final String COUNTER = "_total";

  private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
  private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
  private final Map<String, Set<Labels>> seen = new LinkedHashMap<>();

  void gauge(String name, String help, Labels labels, double value) {
    if (first(name, labels)) {
      gauges
          .computeIfAbsent(name, _ -> GaugeSnapshot.builder().name(PREFIX + name).help(help))
          .dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(value).build());
    }
  }

  /** The name ends in {@code _total}. */
  void counter(String name, String help, Labels labels, double value) {
    if (first(name, labels)) {
      String bare = PREFIX + name.substring(0, name.length() - COUNTER.length());
      counters
          .computeIfAbsent(name, _ -> CounterSnapshot.builder().name(bare).help(help))
          .dataPoint(CounterDataPointSnapshot.builder().labels(labels).value(value).build());
    }
  }

  private boolean first(String name, Labels labels) {
    return seen.computeIfAbsent(name, _ -> new HashSet<>()).add(labels);
  }

  MetricSnapshots snapshots() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    gauges.values().forEach(each -> all.metricSnapshot(each.build()));
    counters.values().forEach(each -> all.metricSnapshot(each.build()));
    return all.build();
  }
}
