package io.blkwarden.controller.policy.total;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricScope;

/**
 * One host's part of a total over the fleet; mutable.
 *
 * <p>Updated with the host's samples, while they are in the processor's cache: reading those of the
 * whole fleet at once would delay commands by milliseconds.
 */
public final class HostTotal {
  private final FleetPolicy policy;
  private final char[] rows; // a map has MappingSnapshot.MAX_DISKS rows at most
  double sum;
  int above;
  int known;
  int missing;

  /**
   * The part of a host that has not reported yet.
   *
   * @param rows of the host's disks, or of its devices, that the policy matches; one row represents
   *     a domain, and any one the host
   */
  public HostTotal(FleetPolicy policy, int[] rows) {
    this.policy = policy;
    this.rows = new char[rows.length];
    for (int i = 0; i < rows.length; i++) {
      this.rows[i] = (char) rows[i];
    }
    missing = rows.length;
  }

  /** How many values the host has in the total. */
  int things() {
    return rows.length;
  }

  /** Takes the host's last window. */
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
