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
  private final Set<Map.Entry<String, Labels>> seen = new HashSet<>();

  /** Adds a value of a counter, whose name ends in {@code _total}, or of a gauge. */
  void add(String name, String help, Labels labels, double value) {
    if (!seen.add(Map.entry(name, labels))) {
      return;
    }
    String full = PREFIX + name;
    if (full.endsWith(COUNTER)) {
      String bare = full.substring(0, full.length() - COUNTER.length());
      counters
          .computeIfAbsent(name, _ -> CounterSnapshot.builder().name(bare).help(help))
          .dataPoint(CounterDataPointSnapshot.builder().labels(labels).value(value).build());
    } else {
      gauges
          .computeIfAbsent(name, _ -> GaugeSnapshot.builder().name(full).help(help))
          .dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(value).build());
    }
  }

  MetricSnapshots snapshots() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    gauges.values().forEach(each -> all.metricSnapshot(each.build()));
    counters.values().forEach(each -> all.metricSnapshot(each.build()));
    return all.build();
  }
}
