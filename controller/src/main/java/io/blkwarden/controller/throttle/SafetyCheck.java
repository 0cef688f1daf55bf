package io.blkwarden.controller.throttle;

import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import java.util.Optional;

/** The safety checks before a disk is throttled, and the safety limits of the fleet. */
public final class SafetyCheck {
  /**
   * Smallest fleet in which {@code stop_if_hosts_anomalous} counts: below, one host is more than a
   * tenth of the fleet (see {@code docs/decisions/0006-safety-limits-in-small-fleets.md}).
   */
  public static final int FLEET_MIN = 10;

  /** Smallest fleet in which two hosts may always have a throttled disk. */
  private static final int TWO_HOSTS_FROM = 3;

  private SafetyCheck() {}

  /**
   * Why the disk may not be throttled; empty when it may.
   *
   * @param policies protect rules and safety limits
   * @param host the disk's
   * @param disk as the map has it
   * @param mapGap whether mapping events are missing
   * @param load what is throttled already, without this disk
   */
  public static Optional<Refusal> refusal(
      PolicySet policies, HostId host, MappedDisk disk, boolean mapGap, Counts load) {
    if (policies.protects(host, disk)) {
      return Optional.of(Refusal.Plain.PROTECTED);
    }
    if (disk.state() == MappingState.GONE) {
      return Optional.of(Refusal.Plain.DISK_REMOVED);
    }
    if (disk.state() != MappingState.RESOLVED) {
      return Optional.of(
          new Refusal.WorkersNotProven(disk.reason() == null ? null : disk.reason().wire()));
    }
    if (mapGap) {
      return Optional.of(Refusal.Plain.MAP_INCOMPLETE);
    }
    return refusal(policies.safetyLimits(), load);
  }

  /** Why the safety limits refuse one more throttle; empty when they do not. */
  public static Optional<Refusal> refusal(SafetyLimits limits, Counts counts) {
    if (stopped(limits, counts.hostsKnown(), counts.hostsAnomalous())) {
      return Optional.of(
          new Refusal.FleetAnomalous(
              counts.hostsAnomalous(), counts.hostsKnown(), limits.stopIfHostsAnomalous()));
    }
    int hostsMax = hostsMax(limits, counts.hostsKnown());
    return reached(
            "disks_per_host",
            counts.disksOfHost(),
            limits.disksPerHost(),
            "disks of this host are throttled")
        .or(() ->
            reached(
                "disks_per_domain",
                counts.disksOfDomain(),
                limits.disksPerDomain(),
                "disks of this domain are throttled"))
        .or(() ->
            reached(
                    "hosts_throttled",
                    counts.hostsThrottled(),
                    hostsMax,
                    "hosts have a throttled disk")
                .filter(_ -> !counts.hostThrottled()));
  }

  private static Optional<Refusal> reached(String key, int now, int atMost, String what) {
    return now < atMost
        ? Optional.empty()
        : Optional.of(new Refusal.LimitReached(key, now, atMost, what));
  }

  /** Whether so many hosts are anomalous that nothing is throttled. */
  public static boolean stopped(SafetyLimits safetyLimits, int hostsKnown, int hostsAnomalous) {
    return hostsKnown >= FLEET_MIN
        && hostsAnomalous > safetyLimits.stopIfHostsAnomalous() * hostsKnown;
  }

  /**
   * Most hosts that may have a throttled disk: a share of the known ones, but at least two of three
   * or more hosts, and one of fewer (see {@code
   * docs/decisions/0077-two-throttled-hosts-in-small-fleets.md}).
   */
  public static int hostsMax(SafetyLimits safetyLimits, int hostsKnown) {
    double share = safetyLimits.hostsThrottled();
    int least = hostsKnown < TWO_HOSTS_FROM ? 1 : 2;
    return share == 0 ? 0 : Math.max(least, (int) (share * hostsKnown));
  }

  /**
   * What is throttled and anomalous now, as the safety limits count it.
   *
   * <p>The disk in question is in none of the counts.
   *
   * @param disksOfHost disks throttled on its host
   * @param disksOfDomain disks throttled of its domain
   * @param hostsThrottled hosts with a throttled disk, without throttles that change nothing
   * @param hostThrottled whether its host is one of them
   * @param hostsKnown hosts that report
   * @param hostsAnomalous hosts of these with a breach of a policy that may act
   */
  public record Counts(
      int disksOfHost,
      int disksOfDomain,
      int hostsThrottled,
      boolean hostThrottled,
      int hostsKnown,
      int hostsAnomalous) {}
}
