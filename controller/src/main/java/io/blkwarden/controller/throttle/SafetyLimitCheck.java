package io.blkwarden.controller.throttle;

import io.blkwarden.controller.policy.SafetyLimits;
import java.util.Optional;

/** The safety limits of the fleet. */
public final class SafetyLimitCheck {
  /**
   * Smallest fleet in which {@code stop_if_hosts_anomalous} counts: below, one host is more than a
   * tenth of the fleet (see {@code docs/decisions/0006-brakes-in-small-fleets.md}).
   */
  public static final int FLEET_MIN = 10;

  /** Smallest fleet in which two hosts may always have a throttled disk. */
  private static final int TWO_HOSTS_FROM = 3;

  private SafetyLimitCheck() {}

  /** Why one more throttle is refused; empty when it is not. */
  public static Optional<Refusal> refusal(SafetyLimits limits, ThrottleCounts counts) {
    if (stopped(limits, counts.hostsKnown(), counts.hostsAnomalous())) {
      return Optional.of(
          new Refusal.FleetAnomalous(
              counts.hostsAnomalous(), counts.hostsKnown(), limits.stopIfHostsAnomalous()));
    }
    if (counts.disksOfHost() >= limits.disksPerHost()) {
      return reached(
          "disks_per_host",
          counts.disksOfHost(),
          limits.disksPerHost(),
          "disks of this host are throttled");
    }
    if (counts.disksOfDomain() >= limits.disksPerDomain()) {
      return reached(
          "disks_per_domain",
          counts.disksOfDomain(),
          limits.disksPerDomain(),
          "disks of this domain are throttled");
    }
    int hostsMax = hostsMax(limits, counts.hostsKnown());
    return counts.hostThrottled() || counts.hostsThrottled() < hostsMax
        ? Optional.empty()
        : reached(
            "hosts_throttled", counts.hostsThrottled(), hostsMax, "hosts have a throttled disk");
  }

  private static Optional<Refusal> reached(String key, int now, int atMost, String what) {
    return Optional.of(new Refusal.LimitReached(key, now, atMost, what));
  }

  /** Whether so many hosts are anomalous that nothing is throttled. */
  public static boolean stopped(SafetyLimits safetyLimits, int hostsKnown, int hostsAnomalous) {
    return hostsKnown >= FLEET_MIN
        && hostsAnomalous > safetyLimits.stopIfHostsAnomalous() * hostsKnown;
  }

  /**
   * Most hosts that may have a throttled disk: a share of the known ones, but at least two of three
   * or more hosts, and one of fewer (see {@code
   * docs/decisions/0077-two-hosts-of-a-small-fleet.md}).
   */
  public static int hostsMax(SafetyLimits safetyLimits, int hostsKnown) {
    double share = safetyLimits.hostsThrottled();
    int least = hostsKnown < TWO_HOSTS_FROM ? 1 : 2;
    return share == 0 ? 0 : Math.max(least, (int) (share * hostsKnown));
  }
}
