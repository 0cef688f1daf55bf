package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One guest disk with all that is known of who serves it.
 *
 * @param domain whose it is
 * @param disk which virtual device
 * @param volume what is behind it
 * @param physical the devices at the bottom of its stack, at most 64
 * @param state whether its workers are known
 * @param reason why not; present exactly when {@code state} is {@code unresolved}
 * @param workers all workers when {@code resolved}, else none; at most 64
 * @param domainLabels what dom0 wrote of its domain into xenstore, where no guest can: {@code
 *     plan}, {@code owner}, {@code protected} and others; at most {@link #MAX_LABELS}, each of 1 to
 *     32 and 1 to 64 characters; left out when there are none
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
  /** Most labels of a domain. */
  public static final int MAX_LABELS = 16;

  /** Most rings and so most workers of a disk that are accepted. */
  public static final int MAX_WORKERS = 64;

  public MappedDisk {
    Require.present(domain, "domain");
    Require.present(disk, "disk");
    Require.present(volume, "volume");
    physical = Require.list(physical, 64, "physical");
    Require.present(state, "state");
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

  /** A disk of a domain of which dom0 wrote nothing. */
  public MappedDisk(
      DomainRef domain,
      DiskRef disk,
      Volume volume,
      List<PhysicalDevice> physical,
      MappingState state,
      @Nullable UnresolvedReason reason,
      List<Worker> workers) {
    this(domain, disk, volume, physical, state, reason, workers, Map.of());
  }

  private static Map<String, String> labels(Map<String, String> given) {
    Require.within(given.size(), 0, MAX_LABELS, "domain_labels (count)");
    given.forEach((key, value) -> {
      Require.text(key, 32, "domain_labels (key)");
      Require.text(value, 64, "domain_labels." + key);
    });
    return Collections.unmodifiableMap(new TreeMap<>(given));
  }

  /** The same disk with this known of who serves it. */
  public MappedDisk served(MappingState now, @Nullable UnresolvedReason why, List<Worker> by) {
    return new MappedDisk(domain, disk, volume, physical, now, why, by, domainLabels);
  }

  /** Identity of the disk while its domain runs. */
  @JsonIgnore
  public DiskKey key() {
    return DiskKey.of(domain, disk.vdev());
  }
}
