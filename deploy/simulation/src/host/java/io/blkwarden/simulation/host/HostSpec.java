package io.blkwarden.simulation.host;

import io.blkwarden.model.HostId;

/**
 * What a simulated dom0 is made of.
 *
 * @param host its name
 * @param firstGuest number of its first guest: 101 makes {@code vm101}
 * @param guests how many guests it has, 1 to 200
 * @param order scheduler of its disk
 * @param iosPerSecond how many I/Os a second its disk does
 */
public record HostSpec(
    HostId host, int firstGuest, int guests, ServiceOrder order, double iosPerSecond) {
  private static final int GUESTS = 4;
  private static final double SPINDLES = 240;

  /** The {@code n}-th host of a simulated fleet, from 0: every third has scheduler none. */
  public static HostSpec ofFleet(String prefix, int n) {
    return new HostSpec(
        new HostId(prefix + (n + 1)),
        101 + n * GUESTS,
        GUESTS,
        n % 3 == 1 ? ServiceOrder.NONE : ServiceOrder.MQ_DEADLINE,
        SPINDLES);
  }

  /** Name of the active scheduler of its disk. */
  public String scheduler() {
    return order.kernelName();
  }
}
