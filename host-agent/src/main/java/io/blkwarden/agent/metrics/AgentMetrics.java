package io.blkwarden.agent.metrics;

import io.blkwarden.agent.app.AgentSnapshot;
import io.blkwarden.agent.app.AgentSnapshot.DiskReading;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.sample.SampleColumn;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An agent's metrics; several agents of one process tell theirs apart by their host. */
final class AgentMetrics {
  private static final int SECTOR_BYTES = 512;
  private static final double MILLIS = 1_000;

  private final Families families = new Families();

  private AgentMetrics() {}

  static MetricSnapshots of(List<AgentSnapshot> agents) {
    AgentMetrics metrics = new AgentMetrics();
    agents.forEach(metrics::add);
    return metrics.families.snapshots();
  }

  private void add(AgentSnapshot agent) {
    Heartbeat beat = agent.beat();
    Labels host = Labels.of("host", beat.host().value());
    families.gauge(
        "build_info",
        "1; the agent's version and the kernel's release are labels.",
        host.add("version", beat.version()).add("kernel", safe(beat.kernel())),
        1);
    families.gauge("uptime_seconds", "How long the agent has run.", host, beat.uptimeMs() / MILLIS);
    families.gauge(
        "nats_connected", "1 when the connection to NATS stands.", host, one(agent.connected()));
    families.gauge("acting", "1 when the agent carries out commands.", host, one(beat.acting()));
    families.gauge(
        "disks",
        "Guests' disks, by whether their workers are proven.",
        host.add("state", "resolved"),
        agent.resolved());
    families.gauge(
        "disks",
        "Guests' disks, by whether their workers are proven.",
        host.add("state", "unresolved"),
        agent.unresolved());
    families.gauge("throttles", "Throttles that are held.", host, beat.throttles().size());
    beat.probes()
        .forEach(probe ->
            families.gauge(
                "probe_up",
                "1 when the source could be read.",
                host.add("probe", probe.name()),
                one(probe.ok())));
    beat.drops()
        .forEach((kind, count) ->
            families.counter(
                "drops_total",
                "What was dropped, conflated, refused or went wrong.",
                host.add("kind", kind),
                count));
    beat.devices()
        .forEach(device ->
            families.gauge(
                "device_info",
                "1; the physical device's I/O scheduler, and whether priorities count there.",
                host.add("device", device.name())
                    .add("scheduler", unknownIfAbsent(device.scheduler()))
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
    count("disk_reads_total", "Reads completed.", disk, reading, SampleColumn.READ_IOS, 1);
    count("disk_writes_total", "Writes completed.", disk, reading, SampleColumn.WRITE_IOS, 1);
    count(
        "disk_read_bytes_total",
        "Bytes read.",
        disk,
        reading,
        SampleColumn.READ_SECTORS,
        SECTOR_BYTES);
    count(
        "disk_written_bytes_total",
        "Bytes written.",
        disk,
        reading,
        SampleColumn.WRITE_SECTORS,
        SECTOR_BYTES);
    count(
        "disk_read_time_seconds_total",
        "Time that reads took, summed.",
        disk,
        reading,
        SampleColumn.READ_MS,
        1 / MILLIS);
    count(
        "disk_write_time_seconds_total",
        "Time that writes took, summed.",
        disk,
        reading,
        SampleColumn.WRITE_MS,
        1 / MILLIS);
    count(
        "disk_io_time_seconds_total",
        "Time in which any I/O was in flight.",
        disk,
        reading,
        SampleColumn.IO_MS,
        1 / MILLIS);
  }

  private void count(
      String name,
      String help,
      Labels disk,
      DiskReading reading,
      SampleColumn column,
      double unit) {
    Long value = reading.counters().get(column);
    if (value != null) {
      families.counter(name, help, disk, value * unit);
    }
  }

  private static double one(boolean holds) {
    return holds ? 1 : 0;
  }

  private static String unknownIfAbsent(@Nullable String scheduler) {
    return scheduler == null ? "unknown" : scheduler;
  }

  /** Guests choose their names. */
  private static String safe(String name) {
    return Printable.of(name);
  }
}
