package io.blkwarden.controller.attribution;

import java.util.Arrays;

/**
 * The median of the other disks' mean times of an I/O, for each disk and slot of a window.
 *
 * <p>A slot is sorted once for all of its disks.
 */
final class NeighbourLatencies {
  private final int disks;
  private final double[] others;
  private final double[] all;

  private NeighbourLatencies(int disks, int slots) {
    this.disks = disks;
    others = new double[slots * disks];
    all = new double[slots];
  }

  static NeighbourLatencies of(AttributionWindow window) {
    NeighbourLatencies latencies = new NeighbourLatencies(window.disks(), window.slots());
    double[] sorted = new double[window.disks()];
    for (int slot = 0; slot < window.slots(); slot++) {
      latencies.fill(window, slot, sorted);
    }
    return latencies;
  }

  private void fill(AttributionWindow window, int slot, double[] sorted) {
    int count = 0;
    for (int disk = 0; disk < disks; disk++) {
      double own = window.await(slot, disk);
      if (!Double.isNaN(own)) {
        sorted[count++] = own;
      }
    }
    Arrays.sort(sorted, 0, count);
    all[slot] = count == 0 ? Double.NaN : sorted[(count - 1) / 2];
    for (int disk = 0; disk < disks; disk++) {
      double own = window.await(slot, disk);
      others[slot * disks + disk] = Double.isNaN(own) ? all[slot] : without(own, sorted, count);
    }
  }

  private static double without(double own, double[] sorted, int count) {
    if (count == 1) {
      return Double.NaN;
    }
    int middle = (count - 2) / 2;
    return sorted[own > sorted[middle] ? middle : middle + 1];
  }

  /** Of the disks but this one; {@link Double#NaN} when none of them completed any. */
  double besides(int slot, int disk) {
    return others[slot * disks + disk];
  }

  /** Of all disks; {@link Double#NaN} when none completed any. */
  double ofAll(int slot) {
    return all[slot];
  }
}
