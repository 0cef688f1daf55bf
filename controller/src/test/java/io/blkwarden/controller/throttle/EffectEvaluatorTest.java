package io.blkwarden.controller.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.message.Alert.Effect;
import org.junit.jupiter.api.Test;

final class EffectEvaluatorTest {
  private static final WindowSums BEFORE =
      new WindowSums(10, 10_000, 800, 800, 0.99, 50, 40, 2, 850);

  private static Effect evaluate(WindowSums after) {
    return EffectEvaluator.judge(BEFORE, after, 10_000).effect();
  }

  private static WindowSums after(
      double ownIos, double ownUtil, double otherIos, double otherAwait, double deviceIos) {
    return new WindowSums(10, 10_000, ownIos, ownIos, ownUtil, otherIos, otherAwait, 2, deviceIos);
  }

  @Test
  void neighboursWithAThirdLessLatencyAreASuccess() {
    assertThat(evaluate(after(700, 0.99, 60, 26, 760))).isEqualTo(Effect.WORKED);
  }

  @Test
  void halfTheShareIsASuccessOnlyWithABacklog() {
    assertThat(evaluate(after(300, 0.99, 400, 38, 700))).isEqualTo(Effect.WORKED);
    assertThat(evaluate(after(300, 0.2, 400, 38, 700))).isEqualTo(Effect.UNKNOWN);
  }

  @Test
  void unchangedValuesAreNoEffect() {
    assertThat(evaluate(after(790, 0.99, 52, 39, 842))).isEqualTo(Effect.NO_EFFECT);
  }

  @Test
  void neighboursWithHalfMoreLatencyAreHarmedUnlessTheyDoMoreIo() {
    assertThat(evaluate(after(700, 0.99, 45, 61, 745))).isEqualTo(Effect.HARMED);
    assertThat(evaluate(after(300, 0.99, 400, 61, 700))).isEqualTo(Effect.WORKED);
  }

  /** Higher latency of the neighbours does not release a disk that does more I/O than before. */
  @Test
  void moreIoOfTheDiskIsNoEffect() {
    assertThat(evaluate(after(1_000, 0.99, 45, 90, 1_045))).isEqualTo(Effect.NO_EFFECT);
  }

  @Test
  void deviceWithHalfTheIoIsHarmed() {
    assertThat(evaluate(after(350, 0.99, 50, 40, 400))).isEqualTo(Effect.HARMED);
  }

  @Test
  void effectIsUnknownWithoutNeighbours() {
    WindowSums alone = new WindowSums(10, 10_000, 100, 100, 0.99, 0, 0, 0, 100);
    assertThat(evaluate(alone)).isEqualTo(Effect.UNKNOWN);
    assertThat(EffectEvaluator.judge(alone, BEFORE, 10_000).note())
        .isEqualTo("no neighbour competed before");
  }

  @Test
  void neighboursWithoutCompletedIoCompete() {
    WindowSums starved = new WindowSums(10, 10_000, 800, 800, 0.99, 0.2, 900, 3, 800);
    assertThat(EffectEvaluator.judge(starved, after(300, 0.99, 400, 12, 700), 10_000).effect())
        .isEqualTo(Effect.WORKED);
  }

  @Test
  void tooFewSamplesAreUnknown() {
    assertThat(evaluate(WindowSums.NONE)).isEqualTo(Effect.UNKNOWN);
    assertThat(evaluate(new WindowSums(3, 2_000, 1, 1, 0.99, 400, 5, 2, 401)))
        .isEqualTo(Effect.UNKNOWN);
    assertThat(evaluate(new WindowSums(2, 10_000, 1, 1, 0.99, 400, 5, 2, 401)))
        .isEqualTo(Effect.UNKNOWN);
  }

  private static Effect limited(WindowSums after) {
    return EffectEvaluator.judgeLimit(BEFORE, after, 10_000).effect();
  }

  @Test
  void limitIsEvaluatedByTheNeighboursOnly() {
    assertThat(limited(after(20, 0.1, 60, 26, 80))).isEqualTo(Effect.WORKED);
    assertThat(limited(after(20, 0.1, 56, 40, 76))).isEqualTo(Effect.WORKED);
    assertThat(limited(after(20, 0.1, 50, 39, 70))).isEqualTo(Effect.NO_EFFECT);
    assertThat(limited(after(20, 0.1, 50, 61, 70))).isEqualTo(Effect.HARMED);
  }

  @Test
  void limitWithoutCompetingNeighboursIsUnknown() {
    assertThat(limited(new WindowSums(10, 10_000, 20, 20, 0.1, 0, 0, 0, 20)))
        .isEqualTo(Effect.UNKNOWN);
    assertThat(limited(WindowSums.NONE)).isEqualTo(Effect.UNKNOWN);
  }
}
