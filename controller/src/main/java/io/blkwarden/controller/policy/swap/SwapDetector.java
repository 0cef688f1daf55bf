package io.blkwarden.controller.policy.swap;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.ClearTimer;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Detects a domain that is out of memory: its swap disks are written and read, sustained.
 *
 * <p>The means over the policy's time count, in {@link #SLOTS} slots, because a guest alternates
 * between swapping out and in. The lesser direction must be at least {@link #TWO_WAY} of both: a
 * guest that only swaps idle pages out, or fetches them back once, is not out of memory.
 */
public final class SwapDetector implements Detector {
  static final int SLOTS = 6;
  static final double TWO_WAY = 0.1;

  private final Threshold when;
  private final ClearTimer clear;
  private final double[] in = new double[SLOTS];
  private final double[] out = new double[SLOTS];
  private final long[] millis = new long[SLOTS];
  private int slot;
  private double meanIn;
  private double meanOut;
  private long heldMillis;
  private boolean breached;

  public SwapDetector(Threshold when) {
    this.when = when;
    this.clear = new ClearTimer(when);
  }

  @Override
  public Change observe(Sample sample) {
    double swappedIn = sample.value(Metric.SWAP_IN);
    double swappedOut = sample.value(Metric.SWAP_OUT);
    long window = sample.windowMillis();
    if (Double.isNaN(swappedIn + swappedOut) || window <= 0) {
      return Change.NONE;
    }
    long total = add(swappedIn * window, swappedOut * window, window);
    double both = meanIn + meanOut;
    if (breached) {
      heldMillis += window;
      boolean over = clear.over(swappedIn + swappedOut, sample.mayClear(), window);
      breached = !over;
      return over ? Change.CLEARED : Change.NONE;
    }
    if (total < when.forMillis()) {
      return Change.NONE;
    }
    if (!(both > when.above())) {
      return Change.QUIET;
    }
    heldMillis = total;
    breached = Math.min(meanIn, meanOut) >= TWO_WAY * both && sample.conditionHolds();
    clear.restart();
    return breached ? Change.BREACHED : Change.NONE;
  }

  /** Adds a window to the slots, and returns the time that they span. */
  private long add(double inBytes, double outBytes, long window) {
    if (millis[slot] >= Math.max(1, when.forMillis() / SLOTS)) {
      slot = (slot + 1) % SLOTS;
      in[slot] = 0;
      out[slot] = 0;
      millis[slot] = 0;
    }
    in[slot] += inBytes;
    out[slot] += outBytes;
    millis[slot] += window;
    long total = 0;
    meanIn = 0;
    meanOut = 0;
    for (int i = 0; i < SLOTS; i++) {
      total += millis[i];
      meanIn += in[i];
      meanOut += out[i];
    }
    meanIn /= total;
    meanOut /= total;
    return total;
  }

  @Override
  public Optional<String> finding(double value, String disk, LongFunction<String> duration) {
    return Optional.of(
        "needs memory, not I/O: it has swapped in %s and out %s for %s"
            .formatted(
                Metric.SWAP_IN.format(meanIn),
                Metric.SWAP_OUT.format(meanOut),
                duration.apply(heldMillis)));
  }

  @Override
  public boolean breached() {
    return breached;
  }

  @Override
  public long heldMillis() {
    return heldMillis;
  }

  @Override
  public Threshold when() {
    return when;
  }
}
