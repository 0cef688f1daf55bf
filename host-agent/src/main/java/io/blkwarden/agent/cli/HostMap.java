package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.Evidence;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.MappingResolver;
import io.blkwarden.agent.mapping.MappingResolver.Resolution;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The map of a host, as scanned by a command.
 *
 * @param snapshot the sources
 * @param resolution the disks
 */
record HostMap(HostSnapshot snapshot, Resolution resolution) {
  /** How long to trace disks on this host whose threads only I/O can identify. */
  static final Duration SETTLE = Duration.ofSeconds(2);

  private static final long SCAN_INTERVAL_MILLIS = 250;

  /** Scans until all threads are identified, or for a time. */
  static HostMap settled(HostSources sources, RolePatterns roles, Duration settleFor) {
    HostScanner scanner = new HostScanner(sources.files(), sources.store(), sources.priorities());
    MappingResolver resolver = new MappingResolver(roles);
    HostSnapshot snapshot = scanner.scan(sources.tracing()::drain);
    Resolution resolution = resolver.resolve(snapshot, Evidence.none());
    long start = System.nanoTime();
    while (!resolution.devicesToTrace().isEmpty()
        && System.nanoTime() - start < settleFor.toNanos()) {
      Optional<String> _ = sources.tracing().arm(resolution.devicesToTrace());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SCAN_INTERVAL_MILLIS));
      snapshot = scanner.scan(sources.tracing()::drain);
      resolution = resolver.resolve(snapshot, resolution.next());
    }
    return new HostMap(snapshot, resolution);
  }

  /** The name of a disk: DOMAIN/DISK. */
  static String name(MappedDisk disk) {
    return disk.domain().name() + "/" + disk.disk().vdev();
  }

  /** Whether a path, DOMAIN/DISK, names a disk; the domain by name or UUID. */
  static boolean isNamed(String path, DomainRef domain, String vdev) {
    return path.equals(domain.name() + "/" + vdev) || path.equals(domain.uuid() + "/" + vdev);
  }

  /** The disk called DOMAIN/DISK, the domain by name or UUID; failed unless there is one. */
  static ReadResult<MappedDisk> find(List<MappedDisk> disks, String path) {
    List<MappedDisk> found =
        disks.stream().filter(disk -> isNamed(path, disk.domain(), disk.disk().vdev())).toList();
    return switch (found.size()) {
      case 1 -> ReadResult.present(found.getFirst());
      case 0 -> ReadResult.failed("no disk %s on this host".formatted(path));
      default -> ReadResult.failed("%d disks are called %s".formatted(found.size(), path));
    };
  }
}
