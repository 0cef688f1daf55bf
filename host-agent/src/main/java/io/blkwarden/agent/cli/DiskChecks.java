package io.blkwarden.agent.cli;

import io.blkwarden.agent.doctor.Check;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.Evidence;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.mapping.MappingResolver;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.UnresolvedReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code doctor} says about guests' disks: how many cannot be throttled, and why.
 *
 * @param disks those that were found
 * @param fault why they could not be read; absent when they could
 */
record DiskChecks(List<MappedDisk> disks, @Nullable String fault) {
  private static final int MOST_NAMED = 3;

  DiskChecks {
    disks = List.copyOf(disks);
  }

  /** Looks at all disks once, changing nothing. */
  static DiskChecks of(ReadResult<MapSources> sources) {
    if (!(sources instanceof ReadResult.Present<MapSources>(MapSources found))) {
      return new DiskChecks(List.of(), sources.describe());
    }
    HostSnapshot snapshot =
        new HostScanner(found.files(), found.store(), found.priorities()).scan(List::of);
    List<MappedDisk> disks =
        new MappingResolver(RolePatterns.DEFAULTS).resolve(snapshot, Evidence.none()).disks();
    String fault =
        snapshot.unread().stream()
            .filter(UnreadSource::essential)
            .findFirst()
            .map(unread -> unread.source() + ": " + unread.reason())
            .orElse(null);
    return new DiskChecks(disks, fault);
  }

  /** Names of the devices at the bottom of these disks. */
  Set<String> bottoms() {
    return disks.stream()
        .flatMap(disk -> disk.physical().stream())
        .map(PhysicalDevice::name)
        .collect(Collectors.toSet());
  }

  /**
   * Counts what cannot be throttled, by reason.
   *
   * @param limits whether this host can set limits
   */
  Check throttled(boolean limits) {
    if (fault != null) {
      return Check.warn(
          "disks",
          "how many disks can be throttled is not known: " + fault,
          "Run it as root in dom0; the checks of xenstore and rights say more.");
    }
    Map<String, List<String>> without = new TreeMap<>();
    for (MappedDisk disk : disks) {
      String why = obstacle(disk, limits);
      if (why != null) {
        without
            .computeIfAbsent(why, _ -> new ArrayList<>())
            .add(disk.domain().name() + "/" + disk.disk().vdev());
      }
    }
    int count = without.values().stream().mapToInt(List::size).sum();
    if (count == 0) {
      return Check.ok("disks", "all %d disks can be throttled".formatted(disks.size()));
    }
    return Check.warn(
        "disks",
        "%d of %d disks cannot be throttled: %s"
            .formatted(
                count,
                disks.size(),
                without.entrySet().stream()
                    .map(entry -> counted(entry.getKey(), entry.getValue()))
                    .collect(Collectors.joining("; "))),
        "These disks are listed and never touched; 'blkwarden-agent map' shows each.");
  }

  private static String counted(String why, List<String> names) {
    String some = names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
    String more = names.size() > MOST_NAMED ? ", ..." : "";
    return "%d (%s%s): %s".formatted(names.size(), some, more, why);
  }

  private static @Nullable String obstacle(MappedDisk disk, boolean limits) {
    UnresolvedReason reason = disk.reason();
    if (reason != null) {
      return MapTable.words(reason, disk.disk());
    }
    if (disk.state() != MappingState.RESOLVED || limits) {
      return null;
    }
    boolean none =
        !disk.physical().isEmpty()
            && disk.physical().stream()
                .allMatch(device -> device.actuator() == Actuator.INEFFECTIVE);
    return none ? "priorities have no effect on its devices, and limits cannot be set" : null;
  }
}
