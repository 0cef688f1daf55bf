package io.blkwarden.controller.snapshot;

import org.jspecify.annotations.Nullable;

/** Converts numbers where {@link Double#NaN} is unknown to numbers that are absent then. */
public final class KnownNumbers {
  private static final double THOUSANDTHS = 1_000;

  private KnownNumbers() {}

  /** The number rounded to three places; absent when it is unknown. */
  public static @Nullable Double of(double value) {
    return Double.isFinite(value) ? rounded(value) : null;
  }

  /** The known number rounded to three places. */
  public static double rounded(double value) {
    return Math.round(value * THOUSANDTHS) / THOUSANDTHS;
  }
}
