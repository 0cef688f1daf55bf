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

  private static final int BUSY = 0;
  private static final int IOS = 1;
  private static final int WORK = 2;
  private static final int WIDTH = 3;
  private static final int ALL = SLOTS + AttributionRule.SLOTS_MIN;

  private final int disks;

  /** Time, I/Os and work of each disk in each slot. */
  private final float[] values;

  private int begun;
  private boolean calmKnown;

  /** An empty window. */
  public AttributionWindow(int disks) {
    this.disks = disks;
    values = new float[disks * ALL * WIDTH];
    Arrays.fill(values, Float.NaN);
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
        int old = (slot * disks + from[disk]) * WIDTH;
        System.arraycopy(values, old, next.values, (slot * next.disks + disk) * WIDTH, WIDTH);
      }
    }
    return next;
  }

  /** Begins the next slot, in which all disks are unknown. */
  public void beginSlot() {
    int from = begun % SLOTS * disks * WIDTH;
    Arrays.fill(values, from, from + disks * WIDTH, Float.NaN);
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
    int at = (slot * disks + Objects.checkIndex(disk, disks)) * WIDTH;
    values[at + BUSY] = (float) busyMillis;
    values[at + IOS] = (float) iops;
    values[at + WORK] = (float) (iops + bytes / BYTES_PER_IO);
  }

  /** Disks of the device. */
  public int disks() {
    return disks;
  }

  /** Slots in use, not ordered by time; those of the calm time come last. */
  public int slots() {
    return Math.min(begun, SLOTS) + (calmKnown ? AttributionRule.SLOTS_MIN : 0);
  }

  private float value(int slot, int disk, int which) {
    int measured = Math.min(begun, SLOTS);
    int place = slot < measured ? slot : SLOTS + slot - measured;
    return values[(place * disks + disk) * WIDTH + which];
  }

  boolean known(int slot, int disk) {
    return !Float.isNaN(value(slot, disk, BUSY)) && !Float.isNaN(value(slot, disk, WORK));
  }

  double busy(int slot, int disk) {
    return value(slot, disk, BUSY);
  }

  double iops(int slot, int disk) {
    return value(slot, disk, IOS);
  }

  /** I/Os and bytes per second at constant costs, which do not include waiting for others. */
  double work(int slot, int disk) {
    return value(slot, disk, WORK);
  }

  /** The time of all known disks in a slot. */
  double allBusy(int slot) {
    return sum(slot, BUSY);
  }

  /** The work of all known disks in a slot. */
  double allWork(int slot) {
    return sum(slot, WORK);
  }

  private double sum(int slot, int which) {
    double sum = 0;
    for (int disk = 0; disk < disks; disk++) {
      sum += known(slot, disk) ? value(slot, disk, which) : 0;
    }
    return sum;
  }

  /** Mean time of an I/O of the disk; {@link Double#NaN} when it completed none. */
  double await(int slot, int disk) {
    return known(slot, disk) && iops(slot, disk) > 0
        ? busy(slot, disk) / iops(slot, disk)
        : Double.NaN;
  }
}
