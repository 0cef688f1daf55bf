package io.blkwarden.controller.policy.threshold;

import static io.blkwarden.controller.policy.Detector.Change.BREACHED;
import static io.blkwarden.controller.policy.Detector.Change.CLEARED;
import static io.blkwarden.controller.policy.Detector.Change.NONE;
import static io.blkwarden.controller.policy.Detector.Change.QUIET;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;
import org.junit.jupiter.api.Test;

final class WindowCounterTest {
  private static final Threshold.Windows TWO_OF_THREE = new Threshold.Windows(2, 3, 2_000);

  private final TestHost host = new TestHost("dom0-7");
  private final HostState state = new HostState(host.id);
  private final Sample sample = new Sample();
  private final int disk = host.addSwap(1);

  WindowCounterTest() {
    state.apply(host.snapshot());
    state.accept(host.frame(), 3);
  }

  private static WindowCounter counter(int samples) {
    Threshold when = new Threshold(Metric.IOPS, 100, 4_000, 50, 2_000, samples, TWO_OF_THREE);
    return new WindowCounter(when, TWO_OF_THREE);
  }

  private Detector.Change second(Detector detector, int reads, boolean gate) {
    host.pass(1_000);
    host.reads(disk, reads, 1, 10, 0);
    state.accept(host.frame(), 3);
    sample.set(state, disk, null, gate, ClearRule.Verdict.CLEAR);
    return detector.observe(sample);
  }

  @Test
  void breachesWithEnoughOfTheLastWindows() {
    WindowCounter counter = counter(1);
    assertThat(second(counter, 300, true)).isEqualTo(NONE);
    assertThat(second(counter, 0, true)).as("a mean of 150").isEqualTo(NONE);
    second(counter, 0, true);
    assertThat(second(counter, 0, true)).as("a quiet window").isEqualTo(NONE);
    second(counter, 300, true);
    assertThat(second(counter, 0, true)).isEqualTo(BREACHED);
    assertThat(counter.breached()).isTrue();
    assertThat(second(counter, 0, true)).isEqualTo(NONE);
    assertThat(second(counter, 0, true)).isEqualTo(CLEARED);
  }

  @Test
  void clearsWhenNoWindowIsLeft() {
    WindowCounter counter = counter(1);
    second(counter, 300, true);
    second(counter, 0, true);
    for (int i = 0; i < 5; i++) {
      assertThat(second(counter, 0, true)).isEqualTo(NONE);
    }
    assertThat(second(counter, 0, true)).isEqualTo(QUIET);
  }

  @Test
  void windowWithTooFewSamplesDoesNotCount() {
    WindowCounter counter = counter(3);
    second(counter, 300, true);
    assertThat(second(counter, 300, true)).isEqualTo(QUIET);
  }

  @Test
  void conditionMustBeTrue() {
    WindowCounter counter = counter(1);
    for (int i = 0; i < 6; i++) {
      assertThat(second(counter, 300, false)).isEqualTo(NONE);
    }
    second(counter, 300, true);
    assertThat(second(counter, 300, true)).isEqualTo(BREACHED);
  }

  @Test
  void unknownValuesDoNotCount() {
    WindowCounter counter = counter(1);
    second(counter, 300, true);
    second(counter, 300, true);
    host.pass(60_000);
    state.accept(host.frame(), 3);
    sample.set(state, disk, null, true, ClearRule.Verdict.CLEAR);
    assertThat(counter.observe(sample)).isEqualTo(NONE);
    second(counter, 300, true);
    assertThat(second(counter, 300, true)).isEqualTo(BREACHED);
  }
}
