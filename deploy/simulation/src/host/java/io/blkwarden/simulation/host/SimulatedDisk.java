package io.blkwarden.simulation.host;

import io.blkwarden.model.IoPriority;

/**
 * One guest disk of a simulated dom0: its load, waiting requests and counters.
 *
 * <p>Requests of a calm disk arrive at a steady rate. In a storm the guest keeps a fixed number in
 * flight, like a guest that swaps.
 */
final class SimulatedDisk {
  private static final double SECTORS_PER_IO = 32;
  private static final double STORM_DEPTH = 32;

  private final double calmPerSecond;
  private final double readPart;
  private boolean storm;
  private boolean served = true;
  private IoPriority priority = IoPriority.UNSET;
  private double limitPerSecond = Double.POSITIVE_INFINITY;
  private double allowed = Double.POSITIVE_INFINITY;
  private double waiting;
  private double arrivals;
  private double reads;
  private double writes;
  private double readMillis;
  private double writeMillis;
  private double busyMillis;
  private double queueMillis;

  /**
   * A calm disk.
   *
   * @param calmPerSecond I/Os per second when calm
   * @param readPart share of reads, 0 to 1
   */
  SimulatedDisk(double calmPerSecond, double readPart) {
    this.calmPerSecond = calmPerSecond;
    this.readPart = readPart;
  }

  void storm(boolean on) {
    storm = on;
  }

  /** Sets whether a running guest uses the disk. */
  void served(boolean now) {
    served = now;
    waiting = now ? waiting : 0;
  }

  void priority(IoPriority now) {
    priority = now;
  }

  IoPriority priority() {
    return priority;
  }

  /** Limits I/Os per second; excess requests wait above the device, where dom0 counts nothing. */
  void limit(double perSecond) {
    allowed = Double.isInfinite(perSecond) ? perSecond : Math.min(allowed, 1);
    limitPerSecond = perSecond;
  }

  /** Requests in the device's queue. */
  double waiting() {
    return Math.min(waiting, allowed);
  }

  /** Adds the requests that arrive in this time. */
  void arrive(double millis) {
    allowed = Math.min(Math.max(1, limitPerSecond), allowed + limitPerSecond * millis / 1_000);
    if (!served) {
      return;
    }
    if (storm) {
      waiting = Math.max(waiting, STORM_DEPTH);
      return;
    }
    arrivals += calmPerSecond * millis / 1_000;
    double whole = Math.floor(arrivals);
    arrivals -= whole;
    waiting = Math.min(STORM_DEPTH * 4, waiting + whole);
  }

  /**
   * Completes requests and counts them.
   *
   * @param ios number, at most the waiting requests
   * @param millis length of the step
   * @param serviceMillis service time of one request
   */
  void complete(double ios, double millis, double serviceMillis) {
    double inFlight = waiting();
    waiting -= ios;
    allowed -= ios;
    double time = inFlight > 1 ? inFlight * millis : ios * serviceMillis;
    reads += ios * readPart;
    writes += ios * (1 - readPart);
    readMillis += time * readPart;
    writeMillis += time * (1 - readPart);
    queueMillis += time;
    busyMillis += inFlight > 1 ? millis : Math.min(millis, ios * serviceMillis);
  }

  double ios() {
    return reads + writes;
  }

  double queueMillis() {
    return queueMillis;
  }

  long sectorsRead() {
    return (long) (Math.floor(reads) * SECTORS_PER_IO);
  }

  long sectorsWritten() {
    return (long) (Math.floor(writes) * SECTORS_PER_IO);
  }

  long readCount() {
    return (long) reads;
  }

  long writeCount() {
    return (long) writes;
  }

  /** The disk's line in {@code /sys/block/<dev>/stat}, with 17 fields. */
  String stat() {
    return "%d 0 %d %d %d 0 %d %d %d %d %d 0 0 0 0 0 0%n"
        .formatted(
            readCount(),
            sectorsRead(),
            (long) readMillis,
            writeCount(),
            sectorsWritten(),
            (long) writeMillis,
            Math.round(waiting()),
            (long) busyMillis,
            (long) queueMillis);
  }
}
