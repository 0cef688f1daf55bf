package io.blkwarden.controller.policy.threshold;

import static io.blkwarden.controller.policy.ClearRule.Verdict.BACKLOGGED;
import static io.blkwarden.controller.policy.ClearRule.Verdict.CLEAR;
import static io.blkwarden.controller.policy.ClearRule.Verdict.UNKNOWN;
import static io.blkwarden.controller.policy.Detector.Change.BREACHED;
import static io.blkwarden.controller.policy.Detector.Change.CLEARED;
import static io.blkwarden.controller.policy.Detector.Change.NONE;
import static io.blkwarden.controller.policy.Detector.Change.QUIET;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.testing.Property;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ThresholdTimerTest {
  private static final Threshold WHEN = new Threshold(Metric.IOPS, 200, 3_000, 100, 2_000);

  private final ThresholdTimer timer = new ThresholdTimer(WHEN);

  private Detector.Change above() {
    return timer.observe(300, true, CLEAR, 1_000);
  }

  private void breach() {
    above();
    above();
    assertThat(above()).isEqualTo(BREACHED);
  }

  @Test
  void thresholdMustBeExceededWithoutInterruption() {
    above();
    above();
    assertThat(timer.observe(200, true, CLEAR, 1_000)).isEqualTo(QUIET);
    assertThat(above()).isEqualTo(NONE);
    assertThat(above()).isEqualTo(NONE);
    assertThat(above()).isEqualTo(BREACHED);
  }

  @Test
  void conditionMustBeTrueAtTheEndOfTheTime() {
    above();
    above();
    assertThat(timer.observe(300, false, CLEAR, 1_000)).isEqualTo(NONE);
    assertThat(above()).isEqualTo(BREACHED);
  }

  @Test
  void clearBelowMustLast() {
    breach();
    assertThat(timer.observe(99, true, CLEAR, 1_000)).isEqualTo(NONE);
    assertThat(timer.observe(150, true, CLEAR, 1_000)).isEqualTo(NONE);
    assertThat(timer.observe(99, true, CLEAR, 1_000)).isEqualTo(NONE);
    assertThat(timer.observe(99, true, CLEAR, 1_000)).isEqualTo(CLEARED);
  }

  @Test
  void backlogPreventsClearing() {
    breach();
    timer.observe(5, true, CLEAR, 1_000);
    assertThat(timer.observe(5, true, BACKLOGGED, 1_000)).isEqualTo(NONE);
    assertThat(timer.observe(5, true, CLEAR, 1_000)).isEqualTo(NONE);
    assertThat(timer.observe(5, true, UNKNOWN, 1_000)).isEqualTo(NONE);
    assertThat(timer.observe(5, true, CLEAR, 1_000)).isEqualTo(CLEARED);
  }

  /** Invariant 5: unknown windows change nothing. */
  @Test
  void unknownValuesStopBothTimers() {
    Property.checkSeeds(
        1_000,
        seed -> {
          Random random = new Random(seed);
          ThresholdTimer with = new ThresholdTimer(WHEN);
          ThresholdTimer without = new ThresholdTimer(WHEN);
          for (int i = 0; i < 100; i++) {
            if (random.nextBoolean()) {
              assertThat(with.observe(Double.NaN, true, CLEAR, 5_000)).isEqualTo(NONE);
            }
            double value = random.nextInt(4) * 90;
            assertThat(with.observe(value, true, CLEAR, 1_000))
                .isEqualTo(without.observe(value, true, CLEAR, 1_000));
          }
        });
  }
}
