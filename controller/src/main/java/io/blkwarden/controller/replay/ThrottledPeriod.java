package io.blkwarden.controller.replay;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A period in which a disk is throttled, in the replay or the recording.
 *
 * @param host the host
 * @param domain the disk's domain
 * @param vdev the disk
 * @param policy the policy; absent for a manual throttle, or if not recorded
 * @param mode {@code auto} if carried out, {@code shadow} if not
 * @param set the restraints in order, such as {@code best-effort/7} and {@code idle}
 * @param fromMillis start, by the recorder's wall clock in ms since 1970
 * @param toMillis end
 * @param why the reason for the start
 * @param ended the reason for the end; absent if active at the end of the recording
 */
public record ThrottledPeriod(
    HostId host,
    DomainRef domain,
    String vdev,
    @Nullable String policy,
    String mode,
    List<String> set,
    long fromMillis,
    long toMillis,
    String why,
    @Nullable String ended) {
  public ThrottledPeriod {
    set = List.copyOf(set);
  }

  /** Duration in ms, 0 or more. */
  public long millis() {
    return Math.max(0, toMillis - fromMillis);
  }

  /** The throttled disk. */
  Place place() {
    return new Place(host, domain.uuid(), domain.name(), vdev);
  }

  /** A disk of the fleet. */
  record Place(HostId host, UUID domain, String name, String vdev) {}
}
