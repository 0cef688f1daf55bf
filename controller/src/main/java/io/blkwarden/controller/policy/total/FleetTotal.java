package io.blkwarden.controller.policy.total;

import io.blkwarden.controller.fleet.Metric;

/**
 * One total over the fleet; mutable.
 *
 * <p>A lower bound: unknown values add nothing to a sum or count, and count in a share as not
 * above.
 */
public final class FleetTotal {
  private final FleetPolicy policy;
  private double sum;
  private int above;
  private int known;
  private int missing;
  private int staleHosts;

  /** An empty total. */
  public FleetTotal(FleetPolicy policy) {
    this.policy = policy;
  }

  /** Adds a host's last window. */
  public void add(HostTotal host) {
    sum += host.sum;
    above += host.above;
    known += host.known;
    missing += host.missing;
  }

  /** Adds a stale host: its values are missing. */
  public void addStale(HostTotal host) {
    missing += host.things();
    staleHosts++;
  }

  /** The total of the known values; {@link Double#NaN} when there are none. */
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

  /** Whether no host is stale, so that a low total is not caused by missing values. */
  public boolean complete() {
    return staleHosts == 0;
  }

  /** The total in words. */
  public String describe() {
    Metric metric = policy.when().metric();
    String things = metric.scope().plural();
    String threshold = policy.format(policy.when().above());
    String stale = staleHosts == 0 ? "" : "; %d hosts are stale".formatted(staleHosts);
    return switch (policy.total()) {
      case SUM ->
          "%s of %d %s is %s in total, threshold %s%s"
              .formatted(metric.id(), known, things, policy.format(sum), threshold, stale);
      case COUNT, SHARE ->
          "%d of %d %s have %s above %s, threshold %s%s"
              .formatted(
                  above,
                  known + missing,
                  things,
                  metric.id(),
                  metric.format(policy.each()),
                  threshold,
                  stale);
    };
  }
}
