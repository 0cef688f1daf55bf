package io.blkwarden.controller.policy.testfile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values over time, one per interval, such as {@code 0x10 300x20 5}: values and their numbers of
 * intervals. {@code _} is unknown; the last value continues.
 */
public final class Series {
  /** Most values. */
  public static final int MAX = 100_000;

  private static final Pattern RUN =
      Pattern.compile("(_|[0-9]{1,12}(?:\\.[0-9]{1,6})?)(?:x([1-9][0-9]{0,5}))?");

  private final double[] values;

  private Series(double[] values) {
    this.values = values;
  }

  /** A constant value. */
  public static Series of(double value) {
    return new Series(new double[] {value});
  }

  /** Parses a series; empty when it is invalid. */
  public static Optional<Series> parse(String text) {
    List<double[]> runs = new ArrayList<>();
    int count = 0;
    for (String each : text.strip().split("\\s+", -1)) {
      Matcher m = RUN.matcher(each);
      if (!m.matches()) {
        return Optional.empty();
      }
      int times = m.group(2) == null ? 1 : Integer.parseInt(m.group(2));
      count += times;
      if (count > MAX) {
        return Optional.empty();
      }
      double[] run = new double[times];
      Arrays.fill(run, m.group(1).equals("_") ? Double.NaN : Double.parseDouble(m.group(1)));
      runs.add(run);
    }
    double[] all = new double[count];
    int at = 0;
    for (double[] run : runs) {
      System.arraycopy(run, 0, all, at, run.length);
      at += run.length;
    }
    return Optional.of(new Series(all));
  }

  /** The value in an interval, from 0; NaN when it is unknown. */
  public double at(int interval) {
    return values[Math.min(interval, values.length - 1)];
  }
}
