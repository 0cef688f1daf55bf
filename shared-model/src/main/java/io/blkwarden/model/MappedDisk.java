package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
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
 */
public record MappedDisk(
    DomainRef domain,
    DiskRef disk,
    Volume volume,
    List<PhysicalDevice> physical,
    MappingState state,
    @Nullable UnresolvedReason reason,
    List<Worker> workers) {
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
  }

  /** Lasting identity of the disk. */
  @JsonIgnore
  public DiskKey key() {
    return new DiskKey(domain.uuid(), disk.vdev());
  }
}
