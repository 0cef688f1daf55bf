package io.blkwarden.controller.policy.swap;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * A policy on sustained swapping in both directions: the domain needs memory, not I/O.
 *
 * @param rule selects domains by their swap disks
 * @param when the threshold of {@code swap.bytes_per_s}
 */
public record SwapPolicy(DiskPolicy.Rule rule, Threshold when) implements DiskPolicy {
  /** The kind {@code swap: { above, for, clear_below, clear_for }}. */
  public static final Policy.Kind KIND = new Policy.Kind("swap", SwapPolicy::read);

  private static Optional<SwapPolicy> read(Section policy, String name, Mode mode) {
    DiskPolicy.Rule rule = DiskPolicy.Rule.read(policy, name, mode);
    return policy
        .section(KIND.key())
        .flatMap(SwapPolicy::when)
        .map(when -> new SwapPolicy(rule, when));
  }

  private static Optional<Threshold> when(Section in) {
    Optional<Metric> metric = Optional.of(Metric.SWAP_BYTES);
    Optional<Double> above = in.needAmount("above", metric);
    Optional<Long> forMillis = in.need("for", Value.DURATION);
    Optional<Double> clearBelow = Threshold.clearBelow(in, metric, above);
    long clearFor = in.get("clear_for", Value.DURATION, Threshold.CLEAR_FOR_MILLIS);
    return in.make(() ->
        new Threshold(
            Metric.SWAP_BYTES,
            above.orElseThrow(),
            forMillis.orElseThrow(),
            clearBelow.orElseThrow(),
            clearFor));
  }

  @Override
  public Detector detector(double above) {
    return new SwapDetector(when);
  }

  @Override
  public boolean oncePerDomain() {
    return true;
  }

  /**
   * Detects a domain that is out of memory: its swap disks are written and read, sustained.
   *
   * <p>The means over the policy's time count, in {@link #SLOTS} slots, because a guest alternates
   * between swapping out and in. The lesser direction must be at least {@link #TWO_WAY} of both: a
   * guest that only swaps idle pages out, or fetches them back once, is not out of memory.
   */
  private static final class SwapDetector extends Detector {
    private static final int SLOTS = 6;
    private static final double TWO_WAY = 0.1;

    private final double[] in = new double[SLOTS];
    private final double[] out = new double[SLOTS];
    private final long[] millis = new long[SLOTS];
    private int slot;
    private double meanIn;
    private double meanOut;

    private SwapDetector(Threshold when) {
      super(when);
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
      if (breached) {
        heldMillis += window;
        return clear(swappedIn + swappedOut, sample.mayClear(), window);
      }
      if (total < when.forMillis()) {
        return Change.NONE;
      }
      double both = meanIn + meanOut;
      if (!(both > when.above())) {
        return Change.QUIET;
      }
      heldMillis = total;
      return breach(Math.min(meanIn, meanOut) >= TWO_WAY * both && sample.conditionHolds());
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
          "needs memory, not I/O: %s swapped in and %s out for %s"
              .formatted(
                  Metric.SWAP_IN.format(meanIn),
                  Metric.SWAP_OUT.format(meanOut),
                  duration.apply(heldMillis)));
    }
  }
}
