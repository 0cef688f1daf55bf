package io.blkwarden.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.policy.ClearRule.Verdict;
import io.blkwarden.model.Restraint;
import org.junit.jupiter.api.Test;

final class ClearRuleTest {
  private static final Restraint.Limit TWENTY = new Restraint.Limit(20);

  @Test
  void lowPriorityBacklogShowsAsUtilisation() {
    assertThat(ClearRule.ofUtil(0.49, 0.49)).isEqualTo(Verdict.CLEAR);
    assertThat(ClearRule.ofUtil(0.5, 0.5)).isEqualTo(Verdict.BACKLOGGED);
    assertThat(ClearRule.ofUtil(Double.NaN, Double.NaN)).isEqualTo(Verdict.UNKNOWN);
    assertThat(ClearRule.ofUtil(Double.NaN, 0.49)).as("shared, idle").isEqualTo(Verdict.CLEAR);
    assertThat(ClearRule.ofUtil(Double.NaN, 0.9)).as("shared, busy").isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void limitBacklogShowsAsADiskNearItsLimit() {
    assertThat(ClearRule.ofLimit(TWENTY, 17.9, 0, 0)).isEqualTo(Verdict.CLEAR);
    assertThat(ClearRule.ofLimit(TWENTY, 18, 0, 0)).isEqualTo(Verdict.BACKLOGGED);
    assertThat(ClearRule.ofLimit(TWENTY, 0, 19.9, 0)).isEqualTo(Verdict.BACKLOGGED);
    assertThat(ClearRule.ofLimit(TWENTY, Double.NaN, 19.9, 0)).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void readsAndWritesAreComparedTogetherWithTheLimit() {
    assertThat(ClearRule.ofLimit(TWENTY, 15, 15, 0)).isEqualTo(Verdict.BACKLOGGED);
    assertThat(ClearRule.ofLimit(TWENTY, 12, 7, 0)).isEqualTo(Verdict.BACKLOGGED);
    assertThat(ClearRule.ofLimit(TWENTY, 6, 6, 0)).isEqualTo(Verdict.CLEAR);
  }

  @Test
  void ioInFlightMostOfTheTimeIsALimitBacklog() {
    assertThat(ClearRule.ofLimit(TWENTY, 3, 0, 0.9)).isEqualTo(Verdict.BACKLOGGED);
    assertThat(ClearRule.ofLimit(TWENTY, 3, 0, Double.NaN)).isEqualTo(Verdict.CLEAR);
  }
}
