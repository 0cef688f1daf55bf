package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A guest disk with its volume, its physical devices and its workers.
 *
 * @param domain domain of the disk
 * @param disk the virtual device
 * @param volume the volume
 * @param physical physical devices of its backing stack, at most 64
 * @param state whether its workers are proven
 * @param reason why not; present if and only if {@code state} is {@code unresolved}
 * @param workers all workers when {@code resolved}, else none; at most 64
 * @param domainLabels labels of its domain, written by dom0 to xenstore and read-only for guests:
 *     {@code plan}, {@code owner}, {@code protected} and others; at most {@link #MAX_LABELS}, keys
 *     of 1 to 32 and values of 1 to 64 characters; omitted when empty
 */
public record MappedDisk(
    DomainRef domain,
    DiskRef disk,
    Volume volume,
    List<PhysicalDevice> physical,
    MappingState state,
    @Nullable UnresolvedReason reason,
    List<Worker> workers,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> domainLabels) {
  /** Maximum number of labels of a domain. */
  public static final int MAX_LABELS = 16;

  /** Maximum number of workers of a disk. */
  public static final int MAX_WORKERS = 64;

  public MappedDisk {
    physical = Require.list(physical, 64, "physical");
    workers = Require.list(workers, MAX_WORKERS, "workers");
    if ((state == MappingState.UNRESOLVED) != (reason != null)) {
      throw new IllegalArgumentException(
          "reason: expected one exactly when state is unresolved, found %s with state %s"
              .formatted(reason, state.wire()));
    }
    if ((state == MappingState.RESOLVED) == workers.isEmpty()) {
      throw new IllegalArgumentException(
          "workers: expected some exactly when state is resolved, found %d with state %s"
              .formatted(workers.size(), state.wire()));
    }
    domainLabels = domainLabels == null || domainLabels.isEmpty() ? Map.of() : labels(domainLabels);
  }

  private static Map<String, String> labels(Map<String, String> given) {
    Require.within(given.size(), 0, MAX_LABELS, "domain_labels (count)");
    given.forEach((key, value) -> {
      Require.text(key, 32, "domain_labels (key)");
      Require.text(value, 64, "domain_labels." + key);
    });
    return Collections.unmodifiableMap(new TreeMap<>(given));
  }

  /** A copy with this state and these workers. */
  public MappedDisk withWorkers(MappingState now, @Nullable UnresolvedReason why, List<Worker> by) {
    return new MappedDisk(domain, disk, volume, physical, now, why, by, domainLabels);
  }

  /** Why no restraint can act on the disk although its workers are proven; empty if one may. */
  @JsonIgnore
  public Optional<String> unrestrainable() {
    if (Boolean.TRUE.equals(volume.cached())) {
      return Optional.of("the kernel writes the page cache of its image to the device");
    }
    boolean byProcess = !workers.isEmpty() && workers.getFirst().kind() != WorkerKind.BLKBACK;
    return byProcess && physical.isEmpty()
        ? Optional.of("its image is on no local block device, or paused")
        : Optional.empty();
  }

  /** The identity of the disk while its domain runs. */
  @JsonIgnore
  public DiskKey key() {
    return DiskKey.of(domain, disk.vdev());
  }
}
