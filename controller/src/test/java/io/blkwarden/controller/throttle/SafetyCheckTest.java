package io.blkwarden.controller.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.testing.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SafetyCheckTest {
  private static final SafetyLimits BRAKES = SafetyLimits.DEFAULT;

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 2", "39, 2", "40, 2", "60, 3"})
  void smallFleetsCanThrottleTwoHostsButNotAll(int hosts, int atMost) {
    assertThat(SafetyCheck.hostsMax(BRAKES, hosts)).isEqualTo(atMost);
    assertThat(SafetyCheck.hostsMax(new SafetyLimits(2, 1, 0, 0.1), hosts)).isZero();
  }

  @Test
  void onlyHostCanBeThrottled() {
    assertThat(SafetyCheck.refusal(BRAKES, new SafetyCheck.Counts(0, 0, 0, false, 1, 1))).isEmpty();
  }

  @Test
  void refusalNamesTheLimitAndItsValues() {
    assertThat(SafetyCheck.refusal(BRAKES, new SafetyCheck.Counts(2, 0, 1, true, 100, 1)))
        .hasValueSatisfying(reason -> assertThat(reason.text()).startsWith("disks_per_host: 2 of"));
    assertThat(SafetyCheck.refusal(BRAKES, new SafetyCheck.Counts(0, 1, 1, true, 100, 1)))
        .hasValueSatisfying(
            reason -> assertThat(reason.text()).startsWith("disks_per_domain: 1 of"));
    assertThat(SafetyCheck.refusal(BRAKES, new SafetyCheck.Counts(0, 0, 5, false, 100, 1)))
        .hasValueSatisfying(
            reason -> assertThat(reason.text()).startsWith("hosts_throttled: 5 of"));
    assertThat(SafetyCheck.refusal(BRAKES, new SafetyCheck.Counts(0, 0, 0, false, 100, 11)))
        .map(Refusal::text)
        .contains("stop_if_hosts_anomalous: 11 of 100 hosts are anomalous, more than 10%");
  }

  @Test
  void throttledHostIsNotCountedAgain() {
    assertThat(SafetyCheck.refusal(BRAKES, new SafetyCheck.Counts(1, 0, 5, true, 100, 1)))
        .isEmpty();
  }

  @Test
  void zeroMeansNever() {
    SafetyLimits none = new SafetyLimits(2, 1, 0, 0.1);
    assertThat(SafetyCheck.refusal(none, new SafetyCheck.Counts(0, 0, 0, false, 100, 1)))
        .isPresent();
  }

  @Test
  void hostsThrottledIsNeverExceeded() {
    Property.check(
        1_000,
        given -> {
          int hosts = given.between(1, 10_000);
          int throttled = given.between(0, 1_000);
          boolean allowed =
              SafetyCheck.refusal(BRAKES, new SafetyCheck.Counts(0, 0, throttled, false, hosts, 0))
                  .isEmpty();
          assertThat(allowed)
              .isEqualTo(throttled + 1 <= Math.max(hosts < 3 ? 1 : 2, Math.floor(0.05 * hosts)));
        });
  }
}
