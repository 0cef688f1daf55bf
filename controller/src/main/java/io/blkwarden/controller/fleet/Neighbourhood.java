package io.blkwarden.controller.fleet;

/**
 * A disk and the other guests' disks on its device in one window.
 *
 * <p>Of several devices, the one with the busiest neighbours counts. Rates are per second; unknown
 * values are {@link Double#NaN}.
 *
 * @param ownIos I/Os per second of the disk
 * @param ownUtil share of the time in which the disk had I/O in flight
 * @param otherIos I/Os per second of the neighbours
 * @param otherBusyMillis total time of the neighbours' I/Os, in ms per second
 * @param otherInFlight I/Os of the neighbours in flight when the sample was taken
 * @param deviceIos I/Os per second of the physical device
 */
public record Neighbourhood(
    double ownIos,
    double ownUtil,
    double otherIos,
    double otherBusyMillis,
    double otherInFlight,
    double deviceIos) {
  /** The neighbourhood of a row in the last window. */
  static Neighbourhood of(HostMap map, Rates disks, DeviceSums sums, int row, double deviceIos) {
    double otherIos = 0;
    double otherBusy = 0;
    double otherQueue = 0;
    DomainRows own = map.domainRows;
    for (int device : map.devicesOf(row)) {
      double ios = sums.ios[device];
      double timedIos = sums.timedIos[device];
      double busy = sums.busy[device];
      double queue = sums.queue[device];
      for (int at = own.first[row]; at != DomainRows.END; at = own.next[at]) {
        if (disks.known(at) && map.isOn(at, device)) {
          ios -= disks.iops(at);
          if (disks.timed(at)) {
            timedIos -= disks.iops(at);
            busy -= disks.busy(at);
            queue -= disks.queue(at);
          }
        }
      }
      otherIos = Math.max(otherIos, ios);
      // NaN, which stays, when the time of too many of them is unknown
      otherBusy = Math.max(otherBusy, DeviceSums.timed(ios, timedIos) ? busy : Double.NaN);
      otherQueue = Math.max(otherQueue, queue);
    }
    return new Neighbourhood(
        disks.iops(row), disks.get(row, Rates.UTIL), otherIos, otherBusy, otherQueue, deviceIos);
  }
}
