package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Require;
import io.blkwarden.model.Restraint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An agent's heartbeat, sent every 5 s.
 *
 * @param host the agent's host
 * @param boot boot of the host
 * @param run random for each start of the agent
 * @param at wall clock of the host
 * @param version version of the agent
 * @param uptimeMs uptime of the agent in ms
 * @param revision revision of its mapping
 * @param epoch highest epoch seen
 * @param acting whether it accepts {@code set} commands
 * @param kernel kernel release, such as {@code 6.1.0-50-amd64}
 * @param intervalMs time between two samples
 * @param devices physical devices with their scheduler and verdict
 * @param probes health of each source, at most 64
 * @param throttles active leases, at most 4096
 * @param drops messages dropped or conflated since the start, by kind, at most 64 kinds
 * @param limitAvailable whether limits are available on this host; absent from older agents
 * @param maxLeaseMs longest lease that it accepts; absent from older agents, which accept 1 h
 * @param queueSettings queue settings changed by the agent, at most 512; omitted when empty
 */
public record Heartbeat(
    HostId host,
    UUID boot,
    UUID run,
    Instant at,
    String version,
    long uptimeMs,
    long revision,
    long epoch,
    boolean acting,
    String kernel,
    long intervalMs,
    List<PhysicalDevice> devices,
    List<ProbeHealth> probes,
    List<HeldThrottle> throttles,
    Map<String, Long> drops,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean limitAvailable,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long maxLeaseMs,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<QueueSetting> queueSettings)
    implements ControlMessage {
  public Heartbeat {
    Require.text(version, 100, "version");
    Require.text(kernel, 255, "kernel");
    devices = Require.list(devices, MappingSnapshot.MAX_DEVICES, "devices");
    probes = Require.list(probes, 64, "probes");
    throttles = Require.list(throttles, MappingSnapshot.MAX_DISKS, "throttles");
    drops = Map.copyOf(drops);
    Require.within(drops.size(), 0, 64, "drops (count)");
    queueSettings =
        queueSettings == null ? List.of() : Require.list(queueSettings, 512, "queue_settings");
  }

  /** The heartbeat of an agent without leases, which accepts {@code set} and offers limits. */
  public Heartbeat(
      MappingOrigin origin,
      String version,
      long uptimeMs,
      String kernel,
      long intervalMs,
      List<PhysicalDevice> devices) {
    this(
        origin.host(),
        origin.boot(),
        origin.run(),
        origin.at(),
        version,
        uptimeMs,
        origin.revision(),
        0,
        true,
        kernel,
        intervalMs,
        devices,
        List.of(),
        List.of(),
        Map.of(),
        true,
        CommandAction.Set.MAX_LEASE_MS,
        List.of());
  }

  /** A copy with another epoch and other leases, and without queue settings. */
  public Heartbeat with(long otherEpoch, List<HeldThrottle> otherThrottles) {
    return new Heartbeat(
        host,
        boot,
        run,
        at,
        version,
        uptimeMs,
        revision,
        otherEpoch,
        acting,
        kernel,
        intervalMs,
        devices,
        probes,
        otherThrottles,
        drops,
        limitAvailable,
        maxLeaseMs,
        List.of());
  }

  /**
   * A queue setting of a physical device changed by the agent.
   *
   * @param device kernel name, such as {@code sda}
   * @param setting file name, such as {@code scheduler} or {@code prio_aging_expire}
   * @param value value set by the agent
   * @param before prior value, which will be restored
   */
  public record QueueSetting(String device, String setting, String value, String before) {
    public QueueSetting {
      Require.text(device, 64, "queue_settings.device");
      Require.text(setting, 64, "queue_settings.setting");
      Require.text(value, 64, "queue_settings.value");
      Require.text(before, 64, "queue_settings.before");
    }
  }

  /**
   * The health of a source.
   *
   * @param name name of the probe, such as {@code diskstats}
   * @param ok whether the last run succeeded
   * @param detail error; absent if none
   */
  public record ProbeHealth(String name, boolean ok, @Nullable String detail) {
    public ProbeHealth {
      Require.text(name, 64, "probes.name");
      Require.optionalText(detail, 1_000, "probes.detail");
    }
  }

  /**
   * An active lease.
   *
   * @param lease id of the lease
   * @param domain domain of the disk
   * @param vdev virtual device
   * @param restraint restraint in force, the fields {@code priority} or {@code limit_per_s}
   * @param remainingMs remaining time in ms
   * @param local true if an operator on the host set it; absent for a controller's
   */
  public record HeldThrottle(
      MessageId lease,
      DomainRef domain,
      String vdev,
      @JsonUnwrapped Restraint restraint,
      long remainingMs,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean local) {
    public HeldThrottle {
      Require.text(vdev, 64, "throttles.vdev");
    }
  }
}
