package io.blkwarden.controller.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.VolumeRole;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BaselineTableTest {
  private static final long MINUTE = 60_000;
  private static final DiskClass ROOTS =
      new DiskClass(Metric.IOPS, MINUTE, VolumeRole.ROOT, DeviceClass.SSD, "");
  private static final BaselineThreshold TWO_SIGMAS = new BaselineThreshold(2, null, 5, 20);
  private static final BaselineThreshold P99 = new BaselineThreshold(0, 99.0, 5, 20);

  private final BaselineTable baselines = new BaselineTable();
  private final Random random = new Random(3);
  private long millis = 1_000_000;

  private void round(int disks, double mean, double sigma) {
    for (int disk = 0; disk < disks; disk++) {
      baselines.add(ROOTS, Math.max(0, mean + sigma * random.nextGaussian()), millis);
    }
    baselines.endRound(MINUTE, millis);
    millis += MINUTE;
  }

  @Test
  void thresholdIsTheMeanPlusSigmasOrAPercentile() {
    for (int i = 0; i < 60; i++) {
      round(200, 100, 10);
    }
    assertThat(baselines.threshold(ROOTS, TWO_SIGMAS)).isCloseTo(120, within(1.0));
    assertThat(baselines.threshold(ROOTS, P99)).isCloseTo(123.3, within(2.5));
    assertThat(baselines.disks(ROOTS)).isEqualTo(200);
  }

  @Test
  void floorIsTheMinimum() {
    for (int i = 0; i < 5; i++) {
      round(50, 0.5, 0.1);
    }
    assertThat(baselines.threshold(ROOTS, TWO_SIGMAS)).isEqualTo(5);
    assertThat(baselines.threshold(ROOTS, P99)).isEqualTo(5);
  }

  @Test
  void noThresholdWithTooFewDisksOrValues() {
    assertThat(baselines.threshold(ROOTS, TWO_SIGMAS)).isNaN();
    round(30, 100, 10);
    assertThat(baselines.threshold(ROOTS, TWO_SIGMAS)).isNaN();
    round(30, 100, 10);
    assertThat(baselines.threshold(ROOTS, TWO_SIGMAS)).isNotNaN();
    round(19, 100, 10);
    assertThat(baselines.threshold(ROOTS, TWO_SIGMAS)).isNaN();
  }

  @Test
  void valuesExpireAfterADay() {
    for (int i = 0; i < 60; i++) {
      round(30, 1_000, 1);
    }
    millis += 24 * 60 * MINUTE;
    for (int i = 0; i < 60; i++) {
      round(30, 100, 1);
    }
    assertThat(baselines.threshold(ROOTS, TWO_SIGMAS)).isCloseTo(102, within(1.0));
  }

  @Test
  void nextControllerLoadsTheBaseline() throws IOException {
    for (int i = 0; i < 10; i++) {
      round(40, 100, 10);
    }
    DiskBaseline kept = baselines.all(Instant.EPOCH).getFirst();
    assertThat(kept.sketch().length()).isLessThan(4_096);
    BaselineTable next = new BaselineTable();
    next.load(kept, false, millis);
    assertThat(next.threshold(ROOTS, TWO_SIGMAS))
        .isCloseTo(baselines.threshold(ROOTS, TWO_SIGMAS), within(1e-9));
    assertThat(next.threshold(ROOTS, P99)).isCloseTo(baselines.threshold(ROOTS, P99), within(1e-9));
    assertThat(next.all(Instant.EPOCH)).isEqualTo(List.of(kept));
  }

  @Test
  void knownOrInvalidBaselineIsNotLoaded() throws IOException {
    for (int i = 0; i < 4; i++) {
      round(40, 100, 10);
    }
    DiskBaseline kept = baselines.all(Instant.EPOCH).getFirst();
    baselines.load(kept, false, millis);
    assertThat(baselines.all(Instant.EPOCH)).isEqualTo(List.of(kept));
    DiskBaseline more =
        new DiskBaseline(ROOTS, 50, 5, 5_000, 5_000_000, Instant.EPOCH, kept.sketch());
    baselines.load(more, true, millis);
    assertThat(baselines.all(Instant.EPOCH)).isEqualTo(List.of(more));
    DiskBaseline broken = new DiskBaseline(ROOTS, 1, 1, 1, 1, Instant.EPOCH, "AQID");
    BaselineTable other = new BaselineTable();
    assertThatThrownBy(() -> other.load(broken, false, millis)).isInstanceOf(IOException.class);
    assertThat(other.threshold(ROOTS, TWO_SIGMAS)).isNaN();
  }

  @Test
  void classesBeyondTheLimitHaveNoThreshold() {
    for (int i = 0; i <= BaselineTable.CLASSES_MAX; i++) {
      DiskClass of =
          new DiskClass(Metric.IOPS, MINUTE, VolumeRole.ROOT, DeviceClass.SSD, "plan" + i);
      for (int disk = 0; disk < 60; disk++) {
        baselines.add(of, 100, millis);
      }
    }
    baselines.endRound(MINUTE, millis);
    assertThat(baselines.all(Instant.EPOCH)).hasSize(BaselineTable.CLASSES_MAX);
  }
}
