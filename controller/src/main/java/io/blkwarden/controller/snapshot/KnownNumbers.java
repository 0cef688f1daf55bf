package io.blkwarden.controller.snapshot;

import org.jspecify.annotations.Nullable;

/** Numbers that may be unknown: absent, where those who compute say {@link Double#NaN}. */
public final class KnownNumbers {
  private static final double THOUSANDTHS = 1_000;

  private KnownNumbers() {}

  /** The number, to three places; absent when it is unknown. */
  public static @Nullable Double of(double value) {
    return Double.isFinite(value) ? Math.round(value * THOUSANDTHS) / THOUSANDTHS : null;
  }
}
