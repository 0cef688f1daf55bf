package io.blkwarden.controller.snapshot;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/**
 * Numbers where {@link Double#NaN} is unknown, as numbers that are absent then; in JSON they are
 * rounded to three places.
 */
public final class KnownNumbers extends ValueSerializer<Double> {
  private static final double THOUSANDTHS = 1_000;

  /** The number; absent when it is unknown. */
  public static @Nullable Double of(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** The number rounded to three places; absent when it is unknown. */
  public static @Nullable Double rounded(double value) {
    return Double.isFinite(value) ? Math.round(value * THOUSANDTHS) / THOUSANDTHS : null;
  }

  @Override
  public void serialize(Double value, JsonGenerator to, SerializationContext context) {
    to.writeNumber(Math.round(value * THOUSANDTHS) / THOUSANDTHS);
  }
}
