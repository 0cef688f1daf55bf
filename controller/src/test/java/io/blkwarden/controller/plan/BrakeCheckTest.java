package io.blkwarden.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.policy.Brakes;
import io.blkwarden.testing.Property;
import org.junit.jupiter.api.Test;

final class BrakeCheckTest {
  private static final Brakes BRAKES = Brakes.DEFAULT;

  @Test
  void oneHostOfOneMayBeThrottled() {
    assertThat(BrakeCheck.refusal(BRAKES, new Load(0, 0, 0, false, 1, 1))).isEmpty();
  }

  @Test
  void eachBrakeNamesItself() {
    assertThat(BrakeCheck.refusal(BRAKES, new Load(2, 0, 1, true, 100, 1)))
        .hasValueSatisfying(reason -> assertThat(reason).startsWith("disks_per_host: 2 of"));
    assertThat(BrakeCheck.refusal(BRAKES, new Load(0, 1, 1, true, 100, 1)))
        .hasValueSatisfying(reason -> assertThat(reason).startsWith("disks_per_domain: 1 of"));
    assertThat(BrakeCheck.refusal(BRAKES, new Load(0, 0, 5, false, 100, 1)))
        .hasValueSatisfying(reason -> assertThat(reason).startsWith("hosts_throttled: 5 of"));
    assertThat(BrakeCheck.refusal(BRAKES, new Load(0, 0, 0, false, 100, 11)))
        .contains("stop_if_hosts_anomalous: 11 of 100 hosts are anomalous, more than 10%");
  }

  @Test
  void aHostThatIsThrottledAlreadyIsNotCountedAgain() {
    assertThat(BrakeCheck.refusal(BRAKES, new Load(1, 0, 5, true, 100, 1))).isEmpty();
  }

  @Test
  void zeroMeansNever() {
    Brakes none = new Brakes(2, 1, 0, 0.1);
    assertThat(BrakeCheck.refusal(none, new Load(0, 0, 0, false, 100, 1))).isPresent();
  }

  @Test
  void thePartOfTheFleetIsNeverExceeded() {
    Property.check(
        1_000,
        given -> {
          int hosts = given.between(20, 10_000);
          int throttled = given.between(0, 1_000);
          boolean allowed =
              BrakeCheck.refusal(BRAKES, new Load(0, 0, throttled, false, hosts, 0)).isEmpty();
          assertThat(allowed).isEqualTo(throttled + 1 <= Math.floor(0.05 * hosts));
        });
  }
}
