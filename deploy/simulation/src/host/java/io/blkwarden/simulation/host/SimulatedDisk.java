package io.blkwarden.simulation.host;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.IoPriority;

/**
 * A guest's disk on a simulated dom0: its volume, load, waiting requests and counters.
 *
 * <p>Requests of a calm disk arrive at a steady rate. In a storm the guest keeps a fixed number in
 * flight, like a guest that swaps.
 */
final class SimulatedDisk {
  private static final int DM_MAJOR = 253;
  private static final int XVDA = 51_712;
  private static final double STORM_DEPTH = 32;

  private final int partition;
  final String volume;
  private final int minor;
  private final double calmPerSecond;
  private final double readPart;
  final Counters counters = new Counters();
  boolean storm;
  private boolean attached = true;
  IoPriority priority = IoPriority.UNSET;
  private double limitPerSecond = Double.POSITIVE_INFINITY;
  private double allowed = Double.POSITIVE_INFINITY;
  private double waiting;
  private double arrivals;

  /**
   * A calm disk.
   *
   * @param partition number of the guest's partition: 1 is xvda1
   * @param volume name of its logical volume
   * @param minor minor number of its dm device
   * @param calmPerSecond I/Os per second when calm
   * @param readPart share of reads, 0 to 1
   */
  SimulatedDisk(int partition, String volume, int minor, double calmPerSecond, double readPart) {
    this.partition = partition;
    this.volume = volume;
    this.minor = minor;
    this.calmPerSecond = calmPerSecond;
    this.readPart = readPart;
  }

  String vdev() {
    return "xvda" + partition;
  }

  /** The device number of xvda1, xvda2 in the guest, which xenstore names the disk by. */
  int handle() {
    return XVDA + partition;
  }

  DeviceNumber number() {
    return new DeviceNumber(DM_MAJOR, minor);
  }

  /** Attaches the disk to a domain that has just started. */
  void attach() {
    attached = true;
    priority = IoPriority.UNSET;
  }

  /** Detaches the disk; its waiting requests are lost. */
  void detach() {
    attached = false;
    storm = false;
    waiting = 0;
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
    if (!attached) {
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
    if (inFlight > 1) {
      counters.add(ios, readPart, inFlight * millis, millis);
    } else {
      counters.add(ios, readPart, ios * serviceMillis, Math.min(millis, ios * serviceMillis));
    }
  }

  /** The disk's line in {@code /sys/block/<dev>/stat}. */
  String stat() {
    return counters.stat(waiting());
  }
}
