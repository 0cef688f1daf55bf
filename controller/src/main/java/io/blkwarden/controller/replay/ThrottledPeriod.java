package io.blkwarden.controller.replay;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A time in which a disk is throttled, in the replay or in what was recorded.
 *
 * @param host where
 * @param domain whose disk
 * @param vdev which disk
 * @param policy which policy; absent for a person's, and where the recording does not say
 * @param mode {@code auto} for what is carried out, {@code shadow} for what only would be
 * @param set what was set, in order, such as {@code best-effort/7} and {@code idle}
 * @param fromMillis when it began, by the recorder's wall clock in ms since 1970
 * @param toMillis when it ended
 * @param why why it began
 * @param ended why it ended; absent when it went on as the recording ended
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

  /** How long it lasted, in ms, 0 or more. */
  public long millis() {
    return Math.max(0, toMillis - fromMillis);
  }

  /** The disk, whatever else is said of it. */
  Place place() {
    return new Place(host, domain.uuid(), domain.name(), vdev);
  }

  /** A disk of the fleet. */
  record Place(HostId host, UUID domain, String name, String vdev) {}
}
