package io.blkwarden.controller.detect;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.FleetPolicy;

/**
 * One total over the fleet, made anew each time; mutable.
 *
 * <p>What is not known makes a total that may be too low and never one that is too high: it adds
 * nothing to a sum or count, and counts in a share as not above.
 */
public final class FleetTotal {
  private final FleetPolicy policy;
  private double sum;
  private int above;
  private int known;
  private int missing;
  private int silentHosts;

  /** A total of nothing. */
  public FleetTotal(FleetPolicy policy) {
    this.policy = policy;
  }

  /**
   * Adds what a host's last window says.
   *
   * @param rows of the host's disks, or of its devices, that the policy is about; one row stands
   *     for a domain, and any one for the host
   */
  public void add(HostState state, int[] rows) {
    Metric metric = policy.when().metric();
    for (int row : rows) {
      double value =
          switch (metric.scope()) {
            case DEVICE -> state.deviceValue(metric, row);
            case DISK, DOMAIN, HOST -> state.value(metric, row);
          };
      if (Double.isNaN(value)) {
        missing++;
      } else {
        known++;
        sum += value;
        above += value > policy.each() ? 1 : 0;
      }
    }
  }

  /** Adds a host that has fallen silent: what it would say is missing. */
  public void addSilent(int[] rows) {
    missing += rows.length;
    silentHosts++;
  }

  /** The total as far as it is known; {@link Double#NaN} when nothing is. */
  public double value() {
    if (known == 0) {
      return Double.NaN;
    }
    return switch (policy.total()) {
      case SUM -> sum;
      case COUNT -> above;
      case SHARE -> (double) above / (known + missing);
    };
  }

  /** Whether no host is silent, so that a low total means that it is low. */
  public boolean complete() {
    return silentHosts == 0;
  }

  /** The total in a sentence. */
  public String describe() {
    Metric metric = policy.when().metric();
    String things = metric.scope().plural();
    String level = policy.format(policy.when().above());
    String silent = silentHosts == 0 ? "" : "; %d hosts are silent".formatted(silentHosts);
    return switch (policy.total()) {
      case SUM ->
          "%s of %d %s is %s in all, the level is %s%s"
              .formatted(metric.id(), known, things, policy.format(sum), level, silent);
      case COUNT, SHARE ->
          "%d of %d %s have %s above %s, the level is %s%s"
              .formatted(
                  above,
                  known + missing,
                  things,
                  metric.id(),
                  metric.format(policy.each()),
                  level,
                  silent);
    };
  }
}
