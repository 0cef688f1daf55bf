package io.blkwarden.controller.attribution;

import java.util.Arrays;
import java.util.Objects;

/**
 * The last {@link #SLOTS} slots of all guests' disks on one physical device, and their means
 * before, when the device was calm; mutable, owned by one thread.
 *
 * <p>Three floats per disk and slot: 780 bytes per disk. The oldest slot is overwritten. The calm
 * time is kept as {@link AttributionRule#SLOTS_MIN} slots with its mean, so that lasting latency
 * can be compared with it. Values that were not put into a slot are unknown.
 */
public final class AttributionWindow {
  /** Slots of the window. */
  public static final int SLOTS = 60;

  /** Bytes that cost a disk about as much as one more I/O. */
  static final double BYTES_PER_IO = 128 * 1024;

  private static final int ALL = SLOTS + AttributionRule.SLOTS_MIN;

  private final int disks;
  private final float[] busy;
  private final float[] ios;
  private final float[] work;
  private int begun;
  private boolean calmKnown;

  /** An empty window. */
  public AttributionWindow(int disks) {
    if (disks < 0) {
      throw new IllegalArgumentException("disks: expected 0 or more, found " + disks);
    }
    this.disks = disks;
    busy = unknown();
    ios = unknown();
    work = unknown();
  }

  private float[] unknown() {
    float[] values = new float[disks * ALL];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  /**
   * The same window over other disks.
   *
   * @param from for each disk its number in this window; -1 for a new one
   */
  public AttributionWindow of(int[] from) {
    AttributionWindow next = new AttributionWindow(from.length);
    next.begun = begun;
    next.calmKnown = calmKnown;
    for (int disk = 0; disk < from.length; disk++) {
      for (int slot = 0; slot < ALL && from[disk] >= 0; slot++) {
        int old = slot * disks + from[disk];
        int at = slot * next.disks + disk;
        next.busy[at] = busy[old];
        next.ios[at] = ios[old];
        next.work[at] = work[old];
      }
    }
    return next;
  }

  /** Begins the next slot, in which all disks are unknown. */
  public void beginSlot() {
    int from = begun % SLOTS * disks;
    Arrays.fill(busy, from, from + disks, Float.NaN);
    Arrays.fill(ios, from, from + disks, Float.NaN);
    Arrays.fill(work, from, from + disks, Float.NaN);
    begun = begun + 1 == 2 * SLOTS ? SLOTS : begun + 1;
  }

  /**
   * Sets the values of a disk in the newest slot; {@link Double#NaN} when unknown.
   *
   * @param busyMillis total time of its completed I/Os, in ms per second
   * @param iops I/Os completed a second
   * @param bytes bytes read and written a second
   */
  public void put(int disk, double busyMillis, double iops, double bytes) {
    if (begun == 0) {
      throw new IllegalStateException("no slot was begun");
    }
    put((begun - 1) % SLOTS, disk, busyMillis, iops, bytes);
  }

  /** Sets the means of a disk in the calm time before; as {@link #put}. */
  public void putCalm(int disk, double busyMillis, double iops, double bytes) {
    calmKnown = true;
    for (int slot = SLOTS; slot < ALL; slot++) {
      put(slot, disk, busyMillis, iops, bytes);
    }
  }

  private void put(int slot, int disk, double busyMillis, double iops, double bytes) {
    int at = slot * disks + Objects.checkIndex(disk, disks);
    busy[at] = (float) busyMillis;
    ios[at] = (float) iops;
    work[at] = (float) (iops + bytes / BYTES_PER_IO);
  }

  /** Disks of the device. */
  public int disks() {
    return disks;
  }

  /** Slots in use, not ordered by time; those of the calm time come last. */
  public int slots() {
    return Math.min(begun, SLOTS) + (calmKnown ? AttributionRule.SLOTS_MIN : 0);
  }

  private int at(int slot, int disk) {
    int measured = Math.min(begun, SLOTS);
    int place = slot < measured ? slot : SLOTS + slot - measured;
    return place * disks + disk;
  }

  boolean known(int slot, int disk) {
    int at = at(slot, disk);
    return !Float.isNaN(busy[at]) && !Float.isNaN(work[at]);
  }

  double busy(int slot, int disk) {
    return busy[at(slot, disk)];
  }

  double iops(int slot, int disk) {
    return ios[at(slot, disk)];
  }

  /** I/Os and bytes per second at constant costs, which do not include waiting for others. */
  double work(int slot, int disk) {
    return work[at(slot, disk)];
  }

  /** Mean time of an I/O of the disk; {@link Double#NaN} when it completed none. */
  double await(int slot, int disk) {
    return known(slot, disk) && iops(slot, disk) > 0
        ? busy(slot, disk) / iops(slot, disk)
        : Double.NaN;
  }
}
