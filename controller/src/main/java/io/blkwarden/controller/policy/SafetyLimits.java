package io.blkwarden.controller.policy;

import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;

/**
 * The safety limits on all throttles together; {@code brakes} in policy files.
 *
 * @param disksPerHost most disks throttled on one host
 * @param disksPerDomain most disks throttled of one domain
 * @param hostsThrottled largest share of the live hosts with a throttled disk, 0 to 1; unless it is
 *     0, at least two hosts of three or more, and one of fewer
 * @param stopIfHostsAnomalous share of the live hosts with a breach above which nothing is
 *     throttled any more, 0 to 1
 */
public record SafetyLimits(
    int disksPerHost, int disksPerDomain, double hostsThrottled, double stopIfHostsAnomalous) {
  /** The limits when no file sets any. */
  public static final SafetyLimits DEFAULT = new SafetyLimits(2, 1, 0.05, 0.10);

  private static final Value<Integer> DISKS =
      Value.integer("a number of disks, 0 to 4096", 0, 4096);
  private static final Value<Double> HOSTS = Value.share("a part of the hosts such as 5%");

  /** Reads {@code brakes:}; missing keys have the values of {@link #DEFAULT}. */
  public static SafetyLimits read(Section in) {
    return in.closed(
        new SafetyLimits(
            in.get("disks_per_host", DISKS, DEFAULT.disksPerHost),
            in.get("disks_per_domain", DISKS, DEFAULT.disksPerDomain),
            in.get("hosts_throttled", HOSTS, DEFAULT.hostsThrottled),
            in.get("stop_if_hosts_anomalous", HOSTS, DEFAULT.stopIfHostsAnomalous)));
  }
}
