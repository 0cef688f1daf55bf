package io.blkwarden.controller.detect;

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

  /** Adds what a host's last window says. */
  public void add(HostTotal host) {
    sum += host.sum;
    above += host.above;
    known += host.known;
    missing += host.missing;
  }

  /** Adds a host that has fallen silent: what it would say is missing. */
  public void addSilent(HostTotal host) {
    missing += host.things();
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
