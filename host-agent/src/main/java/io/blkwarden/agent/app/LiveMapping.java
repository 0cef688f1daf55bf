package io.blkwarden.agent.app;

import io.blkwarden.agent.mapping.Evidence;
import io.blkwarden.agent.mapping.HostMapping;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.mapping.MappingChange;
import io.blkwarden.agent.mapping.MappingDiff;
import io.blkwarden.agent.mapping.MappingResolver;
import io.blkwarden.agent.mapping.MappingResolver.Resolution;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.UnresolvedReason;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The current map, and its changes by each scan. */
final class LiveMapping {
  private static final int MAX_FAULTS = 5;

  private final Function<Supplier<List<ObservedBio>>, HostSnapshot> scan;
  private final Tracing tracing;
  private final RolePatterns roles;
  private final MappingResolver resolver;
  private HostMapping mapping = HostMapping.EMPTY;
  private Evidence evidence = Evidence.none();

  /**
   * The last snapshot, if all its disks are resolved. An equal one gives the same map and no new
   * evidence.
   */
  private @Nullable HostSnapshot settled;

  private Optional<String> scanFault = Optional.of("no scan yet");
  private Optional<String> traceFault = Optional.empty();
  private boolean awaited;
  private boolean known;
  private boolean complete;

  LiveMapping(
      Function<Supplier<List<ObservedBio>>, HostSnapshot> scan,
      Tracing tracing,
      RolePatterns roles) {
    this.scan = scan;
    this.tracing = tracing;
    this.roles = roles;
    this.resolver = new MappingResolver(roles);
  }

  /**
   * Scans, and returns the changes since the last map; none for the first map, which is published
   * as a snapshot. If an essential source cannot be read, the map stays unchanged: what was not
   * read must not look like what is gone.
   */
  List<MappingChange> rescan() {
    HostSnapshot snapshot = scan.apply(tracing::drain);
    String faults =
        snapshot.unread().stream()
            .sorted(Comparator.comparing(UnreadSource::essential).reversed())
            .limit(MAX_FAULTS)
            .map(each -> each.source() + ": " + each.reason())
            .collect(Collectors.joining("; "));
    scanFault = Optional.of(faults).filter(text -> !text.isEmpty());
    complete = snapshot.complete();
    if (!complete || (settled != null && settled.sameHost(snapshot))) {
      return List.of();
    }
    Resolution resolution = resolver.resolve(snapshot, evidence);
    HostMapping next = HostMapping.of(snapshot, resolution, roles);
    List<MappingChange> changes = known ? MappingDiff.between(mapping, next) : List.of();
    known = true;
    mapping = next;
    evidence = resolution.next();
    traceFault = tracing.arm(resolution.devicesToTrace());
    awaited = !resolution.devicesToTrace().isEmpty();
    boolean unresolved = mapping.disks().stream().anyMatch(d -> d.state() != MappingState.RESOLVED);
    settled = unresolved ? null : snapshot;
    return changes;
  }

  /** Whether there is a map: an empty one would mean that all guests are gone. */
  boolean known() {
    return known;
  }

  /** Whether the last scan read all essential sources. */
  boolean complete() {
    return complete;
  }

  HostMapping mapping() {
    return mapping;
  }

  /** Whether a connected disk lacks threads. */
  boolean threadsMissing() {
    return mapping.disks().stream().map(MappedDisk::reason).anyMatch(LiveMapping::missing);
  }

  private static boolean missing(@Nullable UnresolvedReason reason) {
    return reason == UnresolvedReason.NO_THREAD_YET || reason == UnresolvedReason.RINGS_MISSING;
  }

  /** Whether a proof is pending on the next I/O of a disk, by trace or counters. */
  boolean proofAwaited() {
    return awaited;
  }

  /** What the last scan could not read. */
  Optional<String> scanFault() {
    return scanFault;
  }

  /** Why tracing is not available on this host, if it is needed. */
  Optional<String> traceUnavailable() {
    return awaited ? tracing.unavailable() : Optional.empty();
  }

  /** Why tracing failed, if it is needed and available. */
  Optional<String> traceFault() {
    return traceFault;
  }
}
