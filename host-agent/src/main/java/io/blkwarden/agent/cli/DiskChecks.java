package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.commandline.Check;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.UnresolvedReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The {@code doctor} check of guest disks: how many cannot be throttled, and why.
 *
 * @param disks the disks of this host
 * @param fault why they could not be read; absent if they could
 */
record DiskChecks(List<MappedDisk> disks, @Nullable String fault) {
  private static final int MAX_NAMED = 3;

  DiskChecks {
    disks = List.copyOf(disks);
  }

  /** Scans all disks once; changes nothing. */
  static DiskChecks of(ReadResult<HostSources> sources) {
    if (!(sources instanceof ReadResult.Present<HostSources>(HostSources found))) {
      return new DiskChecks(List.of(), sources.describe());
    }
    HostMap map = HostMap.settled(found, RolePatterns.DEFAULTS, Duration.ZERO);
    String fault =
        map.snapshot().unread().stream()
            .filter(UnreadSource::essential)
            .findFirst()
            .map(unread -> unread.source() + ": " + unread.reason())
            .orElse(null);
    return new DiskChecks(map.resolution().disks(), fault);
  }

  /** Names of the physical devices of these disks. */
  Set<String> physicalDevices() {
    return disks.stream()
        .flatMap(disk -> disk.physical().stream())
        .map(PhysicalDevice::name)
        .collect(Collectors.toSet());
  }

  /**
   * Counts the disks that cannot be throttled, by reason.
   *
   * @param limits whether this host can set limits
   */
  Check throttling(boolean limits) {
    if (fault != null) {
      return Check.warn(
          "disks",
          "cannot read the disks of this host: " + fault,
          "Run this as root in dom0, and see the checks xenstore and rights.");
    }
    Map<String, List<String>> reasons = new TreeMap<>();
    for (MappedDisk disk : disks) {
      String reason = obstacle(disk, limits);
      if (reason != null) {
        reasons
            .computeIfAbsent(reason, _ -> new ArrayList<>())
            .add(HostMap.name(disk));
      }
    }
    int count = reasons.values().stream().mapToInt(List::size).sum();
    if (count == 0) {
      return Check.ok("disks", "all %d disks can be throttled".formatted(disks.size()));
    }
    return Check.warn(
        "disks",
        "%d of %d disks cannot be throttled: %s"
            .formatted(
                count,
                disks.size(),
                reasons.entrySet().stream()
                    .map(entry -> count(entry.getKey(), entry.getValue()))
                    .collect(Collectors.joining("; "))),
        "These disks are mapped but never throttled; see 'blkwarden-agent map'.");
  }

  private static String count(String reason, List<String> names) {
    String some = names.stream().limit(MAX_NAMED).collect(Collectors.joining(", "));
    String more = names.size() > MAX_NAMED ? ", ..." : "";
    return "%d (%s%s): %s".formatted(names.size(), some, more, reason);
  }

  private static @Nullable String obstacle(MappedDisk disk, boolean limits) {
    UnresolvedReason reason = disk.reason();
    if (reason != null) {
      return MapTable.describe(reason, disk.disk());
    }
    if (disk.state() != MappingState.RESOLVED || limits) {
      return null;
    }
    boolean ineffective =
        !disk.physical().isEmpty()
            && disk.physical().stream()
                .allMatch(device -> device.actuator() == Actuator.INEFFECTIVE);
    return ineffective
        ? "ionice has no effect on the physical devices, and limits are not available"
        : null;
  }
}
