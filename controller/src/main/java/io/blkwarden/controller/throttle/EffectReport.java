package io.blkwarden.controller.throttle;

import io.blkwarden.model.message.Alert;
import org.jspecify.annotations.Nullable;

/**
 * What a throttle changed, as alerts report it.
 *
 * @param effect the verdict
 * @param note why, with the neighbours' latency before and after
 * @param before mean of the policy's metric before; absent when unknown
 * @param after mean of the policy's metric after; absent when unknown
 * @param neighboursBeforeMs the neighbours' mean time of an I/O before; absent when unknown
 * @param neighboursAfterMs the neighbours' mean time of an I/O after; absent when unknown
 */
public record EffectReport(
    Alert.Effect effect,
    String note,
    @Nullable Double before,
    @Nullable Double after,
    @Nullable Double neighboursBeforeMs,
    @Nullable Double neighboursAfterMs) {
  /** Nothing is known yet. */
  public static final EffectReport NONE = new EffectReport(Alert.Effect.UNKNOWN, "");

  /** A report without numbers. */
  EffectReport(Alert.Effect effect, String note) {
    this(effect, note, null, null, null, null);
  }

  static EffectReport of(EffectEvaluator.Judgement found, WindowSums before, WindowSums after) {
    return new EffectReport(
        found.effect(),
        found.note(),
        known(before.value()),
        known(after.value()),
        wait(before),
        wait(after));
  }

  /** Whether the throttle was found to work. */
  public boolean worked() {
    return effect == Alert.Effect.WORKED;
  }

  private static @Nullable Double wait(WindowSums sums) {
    return sums.otherIos() > 0 ? known(sums.otherAwaitMillis()) : null;
  }

  private static @Nullable Double known(double value) {
    return Double.isNaN(value) ? null : Math.round(value * 1_000) / 1_000.0;
  }
}
