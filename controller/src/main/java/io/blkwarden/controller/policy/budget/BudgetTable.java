package io.blkwarden.controller.policy.budget;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.policy.DetectorFeed;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The use of a policy's budgets by the disks of a host; mutable, owned by one thread.
 *
 * <p>Each budget's window is {@link #SLOTS} slots of equal length, the last one not full yet: 10/11
 * to 11/11 of the window count, and a budget is exhausted at 100 to 110% of it. A slot takes 8
 * bytes, a disk with four budgets 384. Unknown time counts as no use; a breach is over only when
 * most of each window is known.
 */
public final class BudgetTable implements DetectorFeed {
  /** Slots of a window. */
  static final int SLOTS = 11;

  /** Share of a window that must be known before a breach can be over. */
  private static final double KNOWN_MIN = 0.8;

  private static final int USED = 0;
  private static final int KNOWN = 1;
  private static final int WIDTH = 2;

  private final BudgetPolicy policy;
  private final List<BudgetPolicy.Line> lines;
  private final int[] places;
  private final float[] slots;
  private final float[] totals;
  private final long[] slotNumbers;

  /**
   * A table without any use.
   *
   * @param policy whose budgets
   * @param matches for each row of the host whether the policy matches it
   */
  public BudgetTable(BudgetPolicy policy, boolean[] matches) {
    this.policy = policy;
    lines = policy.lines();
    places = new int[matches.length];
    int count = 0;
    for (int row = 0; row < matches.length; row++) {
      places[row] = matches[row] ? count++ : -1;
    }
    slots = new float[count * lines.size() * SLOTS * WIDTH];
    totals = new float[count * lines.size() * WIDTH];
    slotNumbers = new long[lines.size()];
    Arrays.fill(slotNumbers, Long.MIN_VALUE);
  }

  /**
   * A disk's use of its budgets.
   *
   * @param line the budget that is used most
   * @param mean its use over the whole window; unknown time counts as no use
   * @param part the share of it that is used; above 1 when it is exhausted
   * @param over whether a breach is over: all budgets are known and used little enough
   */
  record Use(int line, double mean, double part, boolean over) {}

  @Override
  public void begin(long nowMillis) {
    for (int line = 0; line < slotNumbers.length; line++) {
      long number = nowMillis / slotMillis(line);
      if (number > slotNumbers[line]) {
        long passed = slotNumbers[line] == Long.MIN_VALUE ? SLOTS : number - slotNumbers[line];
        turn(line, number, (int) Math.min(SLOTS, passed));
        slotNumbers[line] = number;
      }
    }
  }

  private long slotMillis(int line) {
    return Math.max(1, lines.get(line).overMillis() / SLOTS);
  }

  /** Clears slots that are too old, and sums the full ones. */
  private void turn(int line, long number, int passed) {
    int pairs = lines.size();
    for (int place = line; place < totals.length / WIDTH; place += pairs) {
      int base = place * SLOTS * WIDTH;
      for (int back = 0; back < passed; back++) {
        int slot = (int) Math.floorMod(number - back, (long) SLOTS);
        slots[base + slot * WIDTH + USED] = 0;
        slots[base + slot * WIDTH + KNOWN] = 0;
      }
      double used = 0;
      double known = 0;
      for (int slot = 0; slot < SLOTS; slot++) {
        used += slots[base + slot * WIDTH + USED];
        known += slots[base + slot * WIDTH + KNOWN];
      }
      totals[place * WIDTH + USED] = (float) used;
      totals[place * WIDTH + KNOWN] = (float) known;
    }
  }

  /** The share of the budget that is used most. */
  @Override
  public double take(HostState state, int row) {
    long window = state.windowMillis();
    double greatest = Double.NaN;
    for (int line = 0; line < slotNumbers.length; line++) {
      double value = state.value(lines.get(line).metric(), row);
      if (!Double.isNaN(value)) {
        add(line, row, value * window, window);
      }
      double part = mean(line, row) / lines.get(line).meanAbove();
      greatest = greatest >= part ? greatest : part;
    }
    return greatest;
  }

  private void add(int line, int row, double used, long known) {
    int slot = (int) Math.floorMod(slotNumbers[line], (long) SLOTS);
    int at = (pair(line, row) * SLOTS + slot) * WIDTH;
    slots[at + USED] += (float) used;
    slots[at + KNOWN] += known;
  }

  private int pair(int line, int row) {
    return places[row] * lines.size() + line;
  }

  private double sum(int line, int row, int which) {
    int slot = (int) Math.floorMod(slotNumbers[line], (long) SLOTS);
    int pair = pair(line, row);
    return (double) totals[pair * WIDTH + which] + slots[(pair * SLOTS + slot) * WIDTH + which];
  }

  private double mean(int line, int row) {
    return sum(line, row, USED) / lines.get(line).overMillis();
  }

  @Override
  public double above(int row) {
    return policy.warnAt();
  }

  /** The use of a row that the policy matches. */
  Use use(int row) {
    int worst = 0;
    double greatest = -1;
    boolean over = true;
    for (int line = 0; line < slotNumbers.length; line++) {
      double above = lines.get(line).meanAbove();
      double part = mean(line, row) / above;
      if (part > greatest) {
        greatest = part;
        worst = line;
      }
      double known = sum(line, row, KNOWN);
      over &=
          known >= KNOWN_MIN * lines.get(line).overMillis()
              && sum(line, row, USED) / known < policy.clearAt() * above;
    }
    return new Use(worst, mean(worst, row), greatest, over);
  }

  @Override
  public double recorded(int row, double compared) {
    return use(row).mean();
  }

  @Override
  public Optional<Boolean> over(int row) {
    return Optional.of(use(row).over());
  }

  @Override
  public void carry(int row, DetectorFeed before, int oldRow) {
    if (before instanceof BudgetTable old
        && places[row] >= 0
        && old.places[oldRow] >= 0
        && old.lines.equals(lines)) {
      int size = lines.size() * SLOTS * WIDTH;
      System.arraycopy(old.slots, old.places[oldRow] * size, slots, places[row] * size, size);
      int sums = lines.size() * WIDTH;
      System.arraycopy(old.totals, old.places[oldRow] * sums, totals, places[row] * sums, sums);
      System.arraycopy(old.slotNumbers, 0, slotNumbers, 0, slotNumbers.length);
    }
  }

  /** Memory of the slots and sums, in bytes. */
  long bytes() {
    return Float.BYTES * (long) (slots.length + totals.length);
  }
}
