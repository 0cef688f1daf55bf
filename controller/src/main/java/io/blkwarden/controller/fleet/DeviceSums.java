package io.blkwarden.controller.fleet;

import java.util.Arrays;

/**
 * Sums of the guests' disks on each physical device in the last window.
 *
 * <p>Sums leave out unknown disks; sums of times also those with an unknown time. A
 * <em>laggard</em> is a disk whose window proves an I/O slower than {@link #LAGGARD_MILLIS}: the
 * mean of its completed reads or writes is above that, or no I/O completed while one was in flight
 * for that time. One slow I/O among fast ones is not visible in the kernel's sums.
 */
final class DeviceSums {
  /** An I/O slower than this makes its disk a laggard. */
  static final double LAGGARD_MILLIS = 500;

  /** Largest share of a device's I/Os whose time may be unknown in a valid sum of times. */
  static final double UNTIMED_MAX = 0.1;

  private static final double ROUNDING = 1e-3;

  /** Total time of all I/Os with a known time, in ms per second, by device. */
  final double[] busy;

  /** I/Os a second with a known time. */
  final double[] timedIos;

  /** I/Os a second. */
  final double[] ios;

  /** I/Os in flight. */
  final double[] queue;

  private final int[] laggards;
  private final int[] known;

  DeviceSums(int devices) {
    busy = new double[devices];
    timedIos = new double[devices];
    ios = new double[devices];
    queue = new double[devices];
    laggards = new int[devices];
    known = new int[devices];
  }

  /** Sums the rows of the last window. */
  void sum(Rates disks, HostMap map, int rows, long windowMillis) {
    Arrays.fill(busy, 0);
    Arrays.fill(timedIos, 0);
    Arrays.fill(ios, 0);
    Arrays.fill(queue, 0);
    Arrays.fill(laggards, 0);
    Arrays.fill(known, 0);
    for (int row = 0; row < rows; row++) {
      if (!disks.known(row)) {
        continue;
      }
      boolean timed = disks.timed(row);
      int lags = timed && lags(disks, row, windowMillis) ? 1 : 0;
      for (int device : map.devicesOf(row)) {
        ios[device] += disks.iops(row);
        if (timed) {
          busy[device] += disks.busy(row);
          timedIos[device] += disks.iops(row);
          queue[device] += disks.queue(row);
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

  /** Whether that is the time of nearly all I/Os; otherwise shares of it would be too high. */
  boolean timed(int device) {
    return timed(ios[device], timedIos[device]);
  }

  /** Whether the time is known of nearly all I/Os; the two differ by rounding when it is of all. */
  static boolean timed(double ios, double timedIos) {
    return ios - timedIos <= UNTIMED_MAX * ios + ROUNDING;
  }

  /** Number of laggards; {@link Double#NaN} when no disk is known. */
  double laggards(int device) {
    return known[device] == 0 ? Double.NaN : laggards[device];
  }
}
