package io.blkwarden.controller.attribution;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import java.util.Arrays;

/** The slot that is not complete yet: the sums of each disk; mutable. */
final class Slot {
  private final double[] busy;
  private final double[] ios;
  private final double[] bytes;
  private final long[] known;
  private long millis;

  Slot(int disks) {
    busy = new double[disks];
    ios = new double[disks];
    bytes = new double[disks];
    known = new long[disks];
  }

  void add(HostState state, int[] rows) {
    long passed = state.windowMillis();
    millis += passed;
    for (int disk = 0; disk < rows.length; disk++) {
      double took = state.busyMillis(rows[disk]);
      if (!Double.isNaN(took)) {
        busy[disk] += took * passed;
        ios[disk] += state.value(Metric.IOPS, rows[disk]) * passed;
        bytes[disk] += state.bytes(rows[disk]) * passed;
        known[disk] += passed;
      }
    }
  }

  /** Measured time so far. */
  long millis() {
    return millis;
  }

  /** Mean time of an I/O of all disks; {@link Double#NaN} when they completed none. */
  double await() {
    return Arrays.stream(busy).sum() / Arrays.stream(ios).sum();
  }

  /** Writes the means to the window's next slot. */
  void into(AttributionWindow window) {
    window.beginSlot();
    for (int disk = 0; disk < known.length; disk++) {
      if (known[disk] * 2 >= millis) {
        double time = known[disk];
        window.put(disk, busy[disk] / time, ios[disk] / time, bytes[disk] / time);
      }
    }
  }
}
