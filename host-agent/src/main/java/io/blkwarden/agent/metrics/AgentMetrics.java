package io.blkwarden.agent.metrics;

import io.blkwarden.agent.app.AgentSnapshot;
import io.blkwarden.agent.app.AgentSnapshot.DiskReading;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.sample.SampleColumn;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The metrics of the agents in this process, labelled by host.
 *
 * @param families receives the metrics
 */
record AgentMetrics(Families families) {
  private static final int SECTOR_BYTES = 512;
  private static final double MILLIS = 1_000;

  private record DiskCounter(String name, String help, SampleColumn column, double unit) {}

  private static final List<DiskCounter> DISK_COUNTERS =
      List.of(
          new DiskCounter("disk_reads_total", "Reads completed.", SampleColumn.READ_IOS, 1),
          new DiskCounter("disk_writes_total", "Writes completed.", SampleColumn.WRITE_IOS, 1),
          new DiskCounter(
              "disk_read_bytes_total", "Bytes read.", SampleColumn.READ_SECTORS, SECTOR_BYTES),
          new DiskCounter(
              "disk_written_bytes_total",
              "Bytes written.",
              SampleColumn.WRITE_SECTORS,
              SECTOR_BYTES),
          seconds("disk_read_time_seconds_total", "Total time of reads.", SampleColumn.READ_MS),
          seconds("disk_write_time_seconds_total", "Total time of writes.", SampleColumn.WRITE_MS),
          seconds(
              "disk_io_time_seconds_total",
              "Time with at least one I/O in flight.",
              SampleColumn.IO_MS));

  private static DiskCounter seconds(String name, String help, SampleColumn column) {
    return new DiskCounter(name, help, column, 1 / MILLIS);
  }

  static MetricSnapshots of(List<AgentSnapshot> agents) {
    AgentMetrics metrics = new AgentMetrics(new Families());
    agents.forEach(metrics::add);
    return metrics.families.snapshots();
  }

  private void add(AgentSnapshot agent) {
    Heartbeat beat = agent.beat();
    Labels host = Labels.of("host", beat.host().value());
    families.add(
        "build_info",
        "Version of the agent and release of the kernel, as labels.",
        host.add("version", beat.version()).add("kernel", safe(beat.kernel())),
        1);
    families.add("uptime_seconds", "Time since the agent started.", host, beat.uptimeMs() / MILLIS);
    families.add(
        "nats_connected", "1 if the agent is connected to NATS.", host, one(agent.connected()));
    families.add("acting", "1 if the agent carries out commands.", host, one(beat.acting()));
    Map.of("resolved", agent.resolved(), "unresolved", agent.unresolved())
        .forEach((state, count) ->
            families.add(
                "disks",
                "Guest disks, by state of their mapping.",
                host.add("state", state),
                count));
    families.add("throttles", "Active throttles.", host, beat.throttles().size());
    beat.probes()
        .forEach(probe ->
            families.add(
                "probe_up",
                "1 if the source could be read.",
                host.add("probe", probe.name()),
                one(probe.ok())));
    beat.drops()
        .forEach((kind, count) ->
            families.add(
                "drops_total",
                "Dropped, conflated and refused messages, and failures, by kind.",
                host.add("kind", kind),
                count));
    beat.devices()
        .forEach(device ->
            families.add(
                "device_info",
                "I/O scheduler of the physical device, and whether it honours priorities, as"
                    + " labels.",
                host.add("device", device.name())
                    .add("scheduler", Objects.requireNonNullElse(device.scheduler(), "unknown"))
                    .add("actuator", device.actuator().wire()),
                1));
    agent.disks().forEach(disk -> add(host, disk));
  }

  private void add(Labels host, DiskReading reading) {
    Labels disk =
        host.add("domain", safe(reading.disk().domain().name()))
            .add("domain_uuid", reading.disk().domain().uuid().toString())
            .add("disk", safe(reading.disk().disk().vdev()))
            .add("role", reading.disk().volume().role().wire());
    for (DiskCounter counter : DISK_COUNTERS) {
      Long value = reading.counters().get(counter.column());
      if (value != null) {
        families.add(counter.name(), counter.help(), disk, value * counter.unit());
      }
    }
  }

  private static double one(boolean value) {
    return value ? 1 : 0;
  }

  /** Escapes guest-controlled names. */
  private static String safe(String name) {
    return Printable.of(name);
  }

  /**
   * Metric families without duplicate series: a restarting domain may briefly have a disk twice.
   */
  static final class Families {
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
}
