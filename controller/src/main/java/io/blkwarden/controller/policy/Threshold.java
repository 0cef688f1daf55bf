package io.blkwarden.controller.policy;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A threshold of a metric: when it is exceeded, and when the breach is over.
 *
 * @param metric what is measured
 * @param above exceeded when the value is greater, in the metric's unit
 * @param forMillis how long it must be exceeded without interruption
 * @param clearBelow the breach is over when the value is smaller; at most {@code above}
 * @param clearForMillis how long the value must be smaller without interruption
 * @param samples fewest samples in that time, or in each window
 * @param windows the windows that replace the time without interruption; absent when that counts
 */
public record Threshold(
    Metric metric,
    double above,
    long forMillis,
    double clearBelow,
    long clearForMillis,
    int samples,
    @Nullable Windows windows) {
  /** Most samples that may be required. */
  public static final int SAMPLES_MAX = 10_000;

  /** Default of {@code clear_for}. */
  public static final long CLEAR_FOR_MILLIS = 60_000;

  private static final Value<Integer> SAMPLES =
      Value.integer("a number of samples, 1 to 10000", 1, SAMPLES_MAX);

  /** A threshold without windows, for which one sample is enough. */
  public Threshold(
      Metric metric, double above, long forMillis, double clearBelow, long clearForMillis) {
    this(metric, above, forMillis, clearBelow, clearForMillis, 1, null);
  }

  /**
   * Reads {@code for}, or {@code windows} and {@code window}; {@code samples}, {@code clear_below}
   * and {@code clear_for}. Does not close the section.
   *
   * @param above the threshold; empty when it is invalid
   */
  public static Optional<Threshold> read(
      Section in, Optional<Metric> metric, Optional<Double> above) {
    boolean counted = in.has("windows") || in.has("window");
    Optional<Windows> windows = counted ? Windows.read(in) : Optional.empty();
    boolean both = in.known("for") && counted;
    if (both) {
      in.invalid("for", "expected either 'for' or 'windows', found both");
    }
    Optional<Long> forMillis =
        counted
            ? windows.map(each -> each.atLeast() * each.millis())
            : in.need("for", Value.DURATION);
    int samples = in.get("samples", SAMPLES, 1);
    Optional<Double> clearBelow = clearBelow(in, metric, above);
    long clearFor = in.get("clear_for", Value.DURATION, CLEAR_FOR_MILLIS);
    if (metric.isEmpty() || above.isEmpty() || forMillis.isEmpty() || clearBelow.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Threshold(
            metric.get(),
            above.get(),
            forMillis.get(),
            clearBelow.get(),
            clearFor,
            samples,
            windows.orElse(null)));
  }

  /** Reads {@code clear_below}, by default half the threshold; empty when it is invalid. */
  public static Optional<Double> clearBelow(
      Section in, Optional<Metric> metric, Optional<Double> above) {
    Optional<Double> clearBelow = in.amount("clear_below", metric);
    if (metric.isPresent() && above.isPresent() && clearBelow.orElse(0.0) > above.get()) {
      in.unexpected("clear_below", "at most 'above', " + metric.get().format(above.get()));
      return Optional.empty();
    }
    return clearBelow.or(() -> above.map(value -> value / 2));
  }

  /**
   * The number of windows whose mean must exceed the threshold.
   *
   * @param atLeast 1 to {@code of}
   * @param of how many of the latest windows count, at most {@link #MAX}
   * @param millis length of each, 1 ms to a day
   */
  public record Windows(int atLeast, int of, long millis) {
    /** Most windows. */
    public static final int MAX = 30;

    private static final Pattern FORM = Pattern.compile("(\\d{1,2}) of (\\d{1,2})");
    private static final Value<Windows> WINDOWS =
        Value.of("windows such as '3 of 5', at most " + MAX, Windows::parse);

    private static Optional<Windows> read(Section in) {
      Optional<Windows> count = in.need("windows", WINDOWS);
      Optional<Long> millis = in.need("window", Value.DURATION.where(length -> length > 0));
      return count.flatMap(
          each -> millis.map(length -> new Windows(each.atLeast(), each.of(), length)));
    }

    private static Optional<Windows> parse(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      int atLeast = Integer.parseInt(matcher.group(1));
      int of = Integer.parseInt(matcher.group(2));
      return atLeast >= 1 && atLeast <= of && of <= MAX
          ? Optional.of(new Windows(atLeast, of, 1))
          : Optional.empty();
    }

    /** One bit for each of the windows. */
    public int mask() {
      return (1 << of) - 1;
    }
  }
}
