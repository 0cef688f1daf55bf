package io.blkwarden.controller.detect;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.policy.FleetPolicy;

/**
 * What one host adds to a total over the fleet; mutable.
 *
 * <p>Made when the host's samples come, while its numbers are in the processor's cache: to read
 * those of the whole fleet at once takes milliseconds that commands would wait for.
 */
public final class HostTotal {
  private final FleetPolicy policy;
  private final char[] rows; // a map has MappingSnapshot.MAX_DISKS rows at most
  double sum;
  int above;
  int known;
  int missing;

  /**
   * A total of a host that was not heard of.
   *
   * @param rows of the host's disks, or of its devices, that the policy is about; one row stands
   *     for a domain, and any one for the host
   */
  public HostTotal(FleetPolicy policy, int[] rows) {
    this.policy = policy;
    this.rows = new char[rows.length];
    for (int i = 0; i < rows.length; i++) {
      this.rows[i] = (char) rows[i];
    }
    missing = rows.length;
  }

  /** How many things of the host the policy is about. */
  int things() {
    return rows.length;
  }

  /** Makes it anew of what the host's last window says. */
  public void measure(HostState state) {
    sum = 0;
    above = 0;
    known = 0;
    Metric metric = policy.when().metric();
    boolean ofDevice = metric.scope() == MetricScope.DEVICE;
    for (char row : rows) {
      double value = ofDevice ? state.deviceValue(metric, row) : state.value(metric, row);
      if (!Double.isNaN(value)) {
        known++;
        sum += value;
        above += value > policy.each() ? 1 : 0;
      }
    }
    missing = rows.length - known;
  }
}
