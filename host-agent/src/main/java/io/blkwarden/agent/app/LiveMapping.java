package io.blkwarden.agent.app;

import io.blkwarden.agent.mapping.Evidence;
import io.blkwarden.agent.mapping.HostMapping;
import io.blkwarden.agent.mapping.HostSnapshot;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The map as it is known now, and what each scan changes in it. */
final class LiveMapping {
  private static final int MAX_TOLD = 5;

  private final HostScan scan;
  private final Tracing tracing;
  private final RolePatterns roles;
  private final MappingResolver resolver;
  private HostMapping mapping = HostMapping.EMPTY;
  private Evidence evidence = Evidence.none();

  /**
   * The last snapshot, if all its disks are resolved. Another one of the same host gives the same
   * map, and its evidence says no more: whatever thread may be in question later was not there yet.
   */
  private @Nullable HostSnapshot settled;

  private Optional<String> scanFault = Optional.of("no scan yet");
  private Optional<String> traceFault = Optional.empty();
  private boolean awaited;
  private boolean known;
  private boolean complete;

  LiveMapping(HostScan scan, Tracing tracing, RolePatterns roles) {
    this.scan = scan;
    this.tracing = tracing;
    this.roles = roles;
    this.resolver = new MappingResolver(roles);
  }

  /**
   * Scans, and returns what changed since the map before: nothing for the first one, which is told
   * as a whole, for what it holds may be there for weeks. While something essential cannot be read
   * the map stays as it was, for what was not seen must not look like what is gone.
   */
  List<MappingChange> rescan() {
    HostSnapshot snapshot = scan.scan(tracing::drain);
    scanFault =
        snapshot.unread().isEmpty()
            ? Optional.empty()
            : Optional.of(
                snapshot.unread().stream()
                    .sorted(Comparator.comparing(UnreadSource::essential).reversed())
                    .limit(MAX_TOLD)
                    .map(each -> each.source() + ": " + each.reason())
                    .collect(Collectors.joining("; ")));
    complete = snapshot.complete();
    if (!complete) {
      return List.of();
    }
    if (settled != null && settled.sameHost(snapshot)) {
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
    boolean open = mapping.disks().stream().anyMatch(d -> d.state() != MappingState.RESOLVED);
    settled = open ? null : snapshot;
    return changes;
  }

  /** Whether there is a map at all: an empty one would say that all guests are gone. */
  boolean known() {
    return known;
  }

  /** Whether the last scan read everything that the map needs. */
  boolean complete() {
    return complete;
  }

  HostMapping mapping() {
    return mapping;
  }

  /** Whether a connected disk has not all its threads yet. */
  boolean threadsMissing() {
    return mapping.disks().stream().map(MappedDisk::reason).anyMatch(LiveMapping::missing);
  }

  private static boolean missing(@Nullable UnresolvedReason reason) {
    return reason == UnresolvedReason.NO_THREAD_YET || reason == UnresolvedReason.RINGS_MISSING;
  }

  /** Whether a disk's proof is awaited, from its next I/O, by trace or by counters. */
  boolean proofAwaited() {
    return awaited;
  }

  /** What could not be read at the last scan. */
  Optional<String> scanFault() {
    return scanFault;
  }

  /** Why nothing can ever be traced on this host, once that was wanted. */
  Optional<String> traceUnavailable() {
    return awaited ? tracing.unavailable() : Optional.empty();
  }

  /** Why nothing is traced, if that was wanted and is possible here. */
  Optional<String> traceFault() {
    return traceFault;
  }
}
