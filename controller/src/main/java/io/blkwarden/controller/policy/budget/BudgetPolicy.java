package io.blkwarden.controller.policy.budget;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.DetectorFeed;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicyLimits;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A policy on a disk's mean use over several windows: it warns first, and acts when a budget is
 * exhausted.
 *
 * @param lines the budgets, 1 to {@link #LINES_MAX}; any of them can be breached
 * @param warnAt share of a budget above which it alerts, above 0 to 1
 */
public record BudgetPolicy(DiskPolicy.Rule rule, List<Line> lines, double warnAt)
    implements DiskPolicy {
  /** Most budgets of a policy, so that a disk's use takes at most 400 bytes. */
  public static final int LINES_MAX = 4;

  /** The breach is over below this part of {@code warnAt}. */
  private static final double CLEAR = 0.9;

  private static final Value<Double> WARN_AT =
      Value.share("a part such as 0.8 or 80%, above 0 and at most 1").where(part -> part > 0);

  /** The kind {@code budget: [ { metric, mean_above, over } ]}. */
  public static final Policy.Kind KIND = new Policy.Kind("budget", BudgetPolicy::read);

  public BudgetPolicy {
    lines = List.copyOf(lines);
  }

  private static Optional<BudgetPolicy> read(Section policy, String name, Mode mode) {
    DiskPolicy.Rule rule = DiskPolicy.Rule.read(policy, name, mode);
    double warnAt = policy.get("warn_at", WARN_AT, 0.8);
    List<Line> lines = policy.sections(KIND.key(), Line::read);
    int size = policy.size(KIND.key());
    if (size < 1 || size > LINES_MAX) {
      policy.problem(
          KIND.key(),
          "expected 1 to %d budgets { metric, mean_above, over }, found %d"
              .formatted(LINES_MAX, size));
    }
    return policy.valid() ? Optional.of(new BudgetPolicy(rule, lines, warnAt)) : Optional.empty();
  }

  /**
   * One budget.
   *
   * @param metric what is used
   * @param meanAbove exhausted when the mean over the window is greater; above 0
   * @param overMillis the window, 10 s to 24 h
   */
  public record Line(Metric metric, double meanAbove, long overMillis) {
    /** Shortest window. */
    public static final long OVER_MIN_MILLIS = 10_000;

    private static final Value<Long> OVER =
        Value.duration(
            "a duration of 10s to 24h", OVER_MIN_MILLIS, PolicyLimits.DURATION_MAX_MILLIS);

    private static Optional<Line> read(Section in) {
      Optional<Metric> metric = in.metric();
      Optional<Double> above = in.needAmount("mean_above", metric);
      Optional<Long> over = in.need("over", OVER);
      if (above.isPresent() && above.get() <= 0) {
        in.invalid("mean_above", "expected above 0, found 0");
      }
      return in.make(() -> new Line(metric.orElseThrow(), above.orElseThrow(), over.orElseThrow()));
    }
  }

  /** The threshold of a budget: the use that it allows, and below which a breach is over. */
  public Threshold threshold(int line) {
    Line of = lines.get(line);
    return new Threshold(of.metric(), of.meanAbove(), of.overMillis(), clear(line), 0);
  }

  private double clear(int line) {
    return lines.get(line).meanAbove() * clearAt();
  }

  /** Share of a budget below which a breach is over. */
  public double clearAt() {
    return warnAt * CLEAR;
  }

  @Override
  public Threshold when() {
    return threshold(0);
  }

  @Override
  public Detector detector(double above) {
    return new BudgetDetector();
  }

  @Override
  public DetectorFeed feed(List<DetectorFeed.@Nullable Row> rows) {
    boolean[] matches = new boolean[rows.size()];
    for (int row = 0; row < matches.length; row++) {
      matches[row] = rows.get(row) != null;
    }
    return new BudgetTable(this, matches);
  }

  @Override
  public boolean countsAsAnomaly() {
    return false;
  }

  /** The use of a disk's budgets; mutable. */
  private final class BudgetDetector extends Detector {
    private double part;
    private boolean exhausted;

    private BudgetDetector() {
      super(threshold(0));
    }

    @Override
    public Change observe(Sample sample) {
      if (!(sample.feed() instanceof BudgetTable table) || sample.windowMillis() <= 0) {
        return Change.NONE;
      }
      BudgetTable.Use use = table.use(sample.row());
      part = use.part();
      when = threshold(use.line());
      if (!breached) {
        exhausted = part > 1;
        return part > warnAt ? breach(sample.conditionHolds()) : Change.QUIET;
      }
      heldMillis += sample.windowMillis();
      exhausted |= part > 1;
      if (!use.over()) {
        return Change.NONE;
      }
      breached = false;
      exhausted = false;
      heldMillis = 0;
      return Change.CLEARED;
    }

    @Override
    public boolean acts() {
      return exhausted;
    }

    /** A mean stays over its budget for longer than a sample. */
    @Override
    public boolean stillAbove(double value) {
      return true;
    }

    @Override
    public Optional<String> finding(double value, String disk, LongFunction<String> duration) {
      return Optional.of(
          "has used %.0f%% of its budget, with %s on %s on average over %s"
              .formatted(
                  part * 100, when.metric().format(value), disk, duration.apply(when.forMillis())));
    }
  }
}
