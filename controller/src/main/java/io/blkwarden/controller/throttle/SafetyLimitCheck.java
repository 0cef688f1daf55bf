package io.blkwarden.controller.throttle;

import io.blkwarden.controller.policy.SafetyLimits;
import java.util.Optional;

/** Whether the brakes allow one more throttle. */
public final class SafetyLimitCheck {
  /**
   * Smallest fleet in which {@code stop_if_hosts_anomalous} counts: below, one host is more than a
   * tenth of the fleet (see {@code docs/decisions/0006-brakes-in-small-fleets.md}).
   */
  public static final int FLEET_MIN = 10;

  private SafetyLimitCheck() {}

  /** Why one more throttle is refused; empty when it is not. */
  public static Optional<String> refusal(SafetyLimits safetyLimits, ThrottleCounts load) {
    if (stopped(safetyLimits, load.hostsKnown(), load.hostsAnomalous())) {
      return Optional.of(
          "stop_if_hosts_anomalous: %d of %d hosts are anomalous, more than %.0f%%"
              .formatted(
                  load.hostsAnomalous(),
                  load.hostsKnown(),
                  safetyLimits.stopIfHostsAnomalous() * 100));
    }
    if (load.disksOfHost() >= safetyLimits.disksPerHost()) {
      return Optional.of(
          "disks_per_host: %d of at most %d disks of this host are throttled"
              .formatted(load.disksOfHost(), safetyLimits.disksPerHost()));
    }
    if (load.disksOfDomain() >= safetyLimits.disksPerDomain()) {
      return Optional.of(
          "disks_per_domain: %d of at most %d disks of this domain are throttled"
              .formatted(load.disksOfDomain(), safetyLimits.disksPerDomain()));
    }
    int hostsMax = hostsMax(safetyLimits, load.hostsKnown());
    if (!load.hostThrottled() && load.hostsThrottled() >= hostsMax) {
      return Optional.of(
          "hosts_throttled: %d of at most %d hosts have a throttled disk"
              .formatted(load.hostsThrottled(), hostsMax));
    }
    return Optional.empty();
  }

  /** Whether so much of the fleet is anomalous that nothing is throttled any more. */
  public static boolean stopped(SafetyLimits safetyLimits, int hostsKnown, int hostsAnomalous) {
    return hostsKnown >= FLEET_MIN
        && hostsAnomalous > safetyLimits.stopIfHostsAnomalous() * hostsKnown;
  }

  /** Most hosts that may have a throttled disk: the part of the known ones, and at least one. */
  public static int hostsMax(SafetyLimits safetyLimits, int hostsKnown) {
    return safetyLimits.hostsThrottled() == 0
        ? 0
        : Math.max(1, (int) Math.floor(safetyLimits.hostsThrottled() * hostsKnown));
  }
}
