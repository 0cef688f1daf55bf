package io.blkwarden.controller.throttle;

import io.blkwarden.controller.fleet.Neighbourhood;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The recent load of a disk and its neighbours; mutable.
 *
 * <p>Keeps {@link #SLOTS} slots; windows are added to a slot until it spans the slot's time; then
 * the oldest slot is overwritten.
 */
public final class LoadHistory {
  /** Slots kept. */
  public static final int SLOTS = 16;

  private static final int VALUE = 0;
  private static final int OWN_IOS = 1;
  private static final int OWN_UTIL = 2;
  private static final int OTHER_IOS = 3;
  private static final int OTHER_BUSY = 4;
  private static final int OTHER_IN_FLIGHT = 5;
  private static final int DEVICE_IOS = 6;
  private static final int WIDTH = 7;

  private final long slotMillis;
  private final float[] sums = new float[SLOTS * WIDTH];
  private final long[] endMillis = new long[SLOTS];
  private final long[] wallMillis = new long[SLOTS];
  private final int[] spanMillis = new int[SLOTS];
  private final int[] samples = new int[SLOTS];
  private int newest = -1;
  private int used;

  /**
   * Creates an empty history.
   *
   * @param slotMillis shortest time that a slot spans
   */
  public LoadHistory(long slotMillis) {
    this.slotMillis = slotMillis;
  }

  /**
   * Adds a window; one with an unknown value is ignored.
   *
   * @param endMillis its end on the controller's monotonic clock
   * @param wall its end on the host's wall clock, in ms since 1970
   * @param windowMillis its length
   * @param value the policy's metric
   * @param all the disk and its neighbours
   */
  public void add(long endMillis, long wall, long windowMillis, double value, Neighbourhood all) {
    if (Double.isNaN(value) || Double.isNaN(all.ownIos()) || windowMillis <= 0) {
      return;
    }
    if (newest < 0 || spanMillis[newest] >= slotMillis) {
      newest = (newest + 1) % SLOTS;
      used = Math.min(SLOTS, used + 1);
      Arrays.fill(sums, newest * WIDTH, (newest + 1) * WIDTH, 0);
      spanMillis[newest] = 0;
      samples[newest] = 0;
    }
    this.endMillis[newest] = endMillis;
    wallMillis[newest] = wall;
    spanMillis[newest] += (int) Math.min(windowMillis, Integer.MAX_VALUE / 4);
    samples[newest]++;
    put(VALUE, value * windowMillis);
    put(OWN_IOS, all.ownIos() * windowMillis);
    put(OWN_UTIL, all.ownUtil() * windowMillis);
    put(OTHER_IOS, all.otherIos() * windowMillis);
    put(OTHER_BUSY, all.otherBusyMillis() * windowMillis);
    put(OTHER_IN_FLIGHT, all.otherInFlight() * windowMillis);
    put(DEVICE_IOS, all.deviceIos() * windowMillis);
  }

  private void put(int which, double amount) {
    sums[newest * WIDTH + which] += (float) amount;
  }

  /**
   * Sums the slots that lie completely in a window.
   *
   * @param fromMillis its start on the controller's monotonic clock
   * @param toMillis its end
   */
  public WindowSums between(long fromMillis, long toMillis) {
    double[] total = new double[WIDTH];
    long millis = 0;
    int count = 0;
    for (int i = 0; i < used; i++) {
      int slot = Math.floorMod(newest - i, SLOTS);
      boolean inside =
          endMillis[slot] <= toMillis && endMillis[slot] - spanMillis[slot] >= fromMillis;
      if (inside) {
        millis += spanMillis[slot];
        count += samples[slot];
        for (int which = 0; which < WIDTH; which++) {
          total[which] += sums[slot * WIDTH + which];
        }
      }
    }
    if (millis == 0) {
      return WindowSums.NONE;
    }
    double await = total[OTHER_IOS] > 0 ? total[OTHER_BUSY] / total[OTHER_IOS] : 0;
    return new WindowSums(
        count,
        millis,
        total[VALUE] / millis,
        total[OWN_IOS] / millis,
        total[OWN_UTIL] / millis,
        total[OTHER_IOS] / millis,
        await,
        total[OTHER_IN_FLIGHT] / millis,
        total[DEVICE_IOS] / millis);
  }

  /** Rows of wall clock milliseconds and mean value, oldest first, for the record. */
  public List<List<Double>> rows() {
    List<List<Double>> rows = new ArrayList<>();
    for (int i = used - 1; i >= 0; i--) {
      int slot = Math.floorMod(newest - i, SLOTS);
      double mean = (double) sums[slot * WIDTH + VALUE] / spanMillis[slot];
      rows.add(List.of((double) wallMillis[slot], Math.round(mean * 1_000) / 1_000.0));
    }
    return rows;
  }
}
