package io.blkwarden.controller.attribution;

import io.blkwarden.controller.attribution.Verdict.NoClearCulprit;
import io.blkwarden.controller.attribution.Verdict.Reason;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The state of one physical device under one rule: a running mean while it is calm, a window once
 * its disks are affected; mutable.
 *
 * <p>Takes 12 bytes per disk while calm. The window is released after as many calm slots as it has.
 */
final class DeviceAttribution {
  /** Slots over which the mean of the calm time decays. */
  private static final int CALM_SLOTS = 60;

  /** Slots after which the mean of the calm time is used. */
  private static final int CALM_SLOTS_MIN = 10;

  private static final int WIDTH = 3;

  private final int device;
  private final int[] rows;
  private final AttributionRule rule;
  private final long slotMillis;
  private final Semaphore budget;
  private final float[] calm;
  private long calmMillis;
  private @Nullable AttributionWindow window;
  private @Nullable Slot slot;
  private int calmSlots;
  private boolean refused;
  private @Nullable Verdict verdict;

  DeviceAttribution(
      int device, int[] rows, AttributionRule rule, long slotMillis, Semaphore budget) {
    this.device = device;
    this.rows = rows;
    this.rule = rule;
    this.slotMillis = slotMillis;
    this.budget = budget;
    calm = new float[rows.length * WIDTH];
    Arrays.fill(calm, Float.NaN);
  }

  int[] rows() {
    return rows;
  }

  /** Takes over the state of the same device before its disks changed, and ends that one. */
  void continueFrom(DeviceAttribution before, int[] from) {
    calmMillis = before.calmMillis;
    for (int disk = 0; disk < rows.length; disk++) {
      if (from[disk] >= 0) {
        System.arraycopy(before.calm, from[disk] * WIDTH, calm, disk * WIDTH, WIDTH);
      }
    }
    AttributionWindow old = before.window;
    before.end(); // first, so that its place in the budget is free
    if (old != null && budget.tryAcquire(rows.length)) {
      window = old.of(from);
      slot = new Slot(rows.length);
      calmSlots = before.calmSlots;
    }
  }

  /** Takes the host's last window. */
  void measured(HostState state) {
    if (!state.guestsTimed(device)) {
      return; // shares would be too high: the time of other I/Os is unknown
    }
    double await = state.guestsAwait(device);
    boolean affected = await > rule.hurtAwaitMillis();
    if (window == null && affected) {
      open();
    }
    AttributionWindow open = window;
    Slot current = slot;
    if (open == null || current == null) {
      if (!affected) {
        refused = false;
        calm(state);
      }
      return;
    }
    current.add(state, rows);
    if (current.millis() >= slotMillis) {
      calmSlots = current.await() > rule.hurtAwaitMillis() ? 0 : calmSlots + 1;
      current.into(open);
      slot = new Slot(rows.length);
      verdict = null;
      if (calmSlots >= AttributionWindow.SLOTS) {
        end();
      }
    }
  }

  private void open() {
    refused = !budget.tryAcquire(rows.length);
    if (refused) {
      return;
    }
    AttributionWindow opened = new AttributionWindow(rows.length);
    if (calmMillis >= CALM_SLOTS_MIN * slotMillis) {
      for (int disk = 0; disk < rows.length; disk++) {
        int at = disk * WIDTH;
        opened.putCalm(disk, calm[at], calm[at + 1], calm[at + 2]);
      }
    }
    window = opened;
    slot = new Slot(rows.length);
    calmSlots = 0;
    verdict = null;
  }

  private void calm(HostState state) {
    long millis = state.windowMillis();
    calmMillis = Math.min(calmMillis + millis, CALM_SLOTS * slotMillis);
    float part = (float) millis / (millis + CALM_SLOTS * slotMillis);
    for (int disk = 0; disk < rows.length; disk++) {
      int row = rows[disk];
      double busy = state.busyMillis(row);
      if (!Double.isNaN(busy)) {
        int at = disk * WIDTH;
        mean(at, busy, part);
        mean(at + 1, state.value(Metric.IOPS, row), part);
        mean(at + 2, state.bytes(row), part);
      }
    }
  }

  private void mean(int at, double value, float part) {
    calm[at] = Float.isNaN(calm[at]) ? (float) value : calm[at] + part * ((float) value - calm[at]);
  }

  /** Whether its disks were affected within the window. */
  boolean watched() {
    return window != null;
  }

  /** The verdict on the complete slots. */
  Verdict verdict() {
    AttributionWindow open = window;
    if (open == null) {
      return new NoClearCulprit(refused ? Reason.NOT_WATCHED : Reason.NOT_HURT, List.of());
    }
    Verdict known = verdict;
    if (known == null) {
      known = Attribution.evaluate(open, rule);
      verdict = known;
    }
    return known;
  }

  /** Releases the window. */
  void end() {
    if (window != null) {
      budget.release(rows.length);
    }
    window = null;
    slot = null;
    verdict = null;
  }
}
