package io.blkwarden.controller.fleet;

import java.util.Arrays;

/**
 * What the guests' disks on each physical device did in the last window, summed.
 *
 * <p>Unknown disks are left out. A <em>laggard</em> is a disk whose window proves an I/O slower
 * than {@link #LAGGARD_MILLIS}: either the mean of its completed reads or writes is above that, or
 * nothing completed and I/O was in flight for so long. One slow I/O among many quick ones does not
 * show: the kernel's counters have sums, no maximum.
 */
final class DeviceSums {
  /** An I/O slower than this makes its disk a laggard. */
  static final double LAGGARD_MILLIS = 500;

  private final double[] busy;
  private final double[] ios;
  private final double[] queue;
  private final int[] laggards;
  private final int[] known;

  DeviceSums(int devices) {
    busy = new double[devices];
    ios = new double[devices];
    queue = new double[devices];
    laggards = new int[devices];
    known = new int[devices];
  }

  /** Sums the rows of the last window. */
  void sum(Rates disks, HostMap map, int rows, long windowMillis) {
    Arrays.fill(busy, 0);
    Arrays.fill(ios, 0);
    Arrays.fill(queue, 0);
    Arrays.fill(laggards, 0);
    Arrays.fill(known, 0);
    for (int row = 0; row < rows; row++) {
      if (disks.known(row)) {
        int lags = lags(disks, row, windowMillis) ? 1 : 0;
        for (int device : map.devicesOf(row)) {
          busy[device] += disks.busy(row);
          ios[device] += disks.iops(row);
          queue[device] += disks.get(row, Rates.IN_FLIGHT);
          laggards[device] += lags;
          known[device]++;
        }
      }
    }
  }

  private static boolean lags(Rates disks, int row, long windowMillis) {
    boolean stuck =
        disks.iops(row) == 0
            && disks.get(row, Rates.IN_FLIGHT) > 0
            && disks.get(row, Rates.UTIL) * windowMillis >= LAGGARD_MILLIS;
    return stuck || disks.slow(row, LAGGARD_MILLIS);
  }

  /** Milliseconds a second that all I/Os took. */
  double busy(int device) {
    return busy[device];
  }

  /** I/Os a second. */
  double ios(int device) {
    return ios[device];
  }

  /** I/Os in flight. */
  double queue(int device) {
    return queue[device];
  }

  /** Disks with an I/O slower than the limit; {@link Double#NaN} when none of them is known. */
  double laggards(int device) {
    return known[device] == 0 ? Double.NaN : laggards[device];
  }
}
