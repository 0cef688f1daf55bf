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
 */
public record EffectReport(
    Alert.Effect effect, String note, @Nullable Double before, @Nullable Double after) {
  /** Nothing is known yet. */
  public static final EffectReport NONE = new EffectReport(Alert.Effect.UNKNOWN, "", null, null);

  static EffectReport of(EffectEvaluator.Judgement found, WindowSums before, WindowSums after) {
    return new EffectReport(found.effect(), found.note(), known(before), known(after));
  }

  /** Whether the throttle was found to work. */
  public boolean worked() {
    return effect == Alert.Effect.WORKED;
  }

  private static @Nullable Double known(WindowSums sums) {
    return Double.isNaN(sums.value()) ? null : Math.round(sums.value() * 1_000) / 1_000.0;
  }
}
