package io.blkwarden.simulation.host;

import io.blkwarden.model.HostId;

/**
 * The configuration of a simulated dom0.
 *
 * @param host its name
 * @param firstGuest number of its first guest: 101 makes {@code vm101}
 * @param guests number of guests, 1 to 200
 * @param order behaviour of its disk's scheduler
 * @param iosPerSecond capacity of its disk, in I/Os per second
 */
public record HostSpec(
    HostId host, int firstGuest, int guests, ServiceOrder order, double iosPerSecond) {
  private static final int GUESTS = 4;
  private static final double SPINDLES = 240;

  /** Host number {@code n} of a fleet, from 0; every third has scheduler none. */
  public static HostSpec ofFleet(String prefix, int n) {
    return new HostSpec(
        new HostId(prefix + (n + 1)),
        101 + n * GUESTS,
        GUESTS,
        n % 3 == 1 ? ServiceOrder.NONE : ServiceOrder.MQ_DEADLINE,
        SPINDLES);
  }

  /** The active scheduler of its disk. */
  public String scheduler() {
    return order.kernelName();
  }
}
