package io.blkwarden.controller.policy;

import io.blkwarden.model.Require;

/**
 * Bounds on acting, whatever the policies say.
 *
 * @param disksPerHost most disks throttled on one host
 * @param disksPerDomain most disks throttled of one domain
 * @param hostsThrottled largest part of the known hosts with a throttled disk, 0 to 1; one host is
 *     always allowed unless it is 0
 * @param stopIfHostsAnomalous part of the known hosts with a breach above which nothing is
 *     throttled any more, 0 to 1
 */
public record SafetyLimits(
    int disksPerHost, int disksPerDomain, double hostsThrottled, double stopIfHostsAnomalous) {
  /** What holds when no file says otherwise. */
  public static final SafetyLimits DEFAULT = new SafetyLimits(2, 1, 0.05, 0.10);

  public SafetyLimits {
    Require.within(disksPerHost, 0, 4096, "disks_per_host");
    Require.within(disksPerDomain, 0, 4096, "disks_per_domain");
    part(hostsThrottled, "hosts_throttled");
    part(stopIfHostsAnomalous, "stop_if_hosts_anomalous");
  }

  private static void part(double value, String field) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(field + ": expected 0% to 100%, found " + value);
    }
  }
}
