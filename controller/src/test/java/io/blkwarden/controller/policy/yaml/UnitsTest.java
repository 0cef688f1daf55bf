package io.blkwarden.controller.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.MetricUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UnitsTest {
  @ParameterizedTest
  @CsvSource({"500ms,500", "10s,10000", "1.5m,90000", "2h,7200000", "1d,86400000", "0s,0"})
  void readsDurations(String text, long millis) {
    assertThat(Units.durationMillis(text)).contains(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10", "-1s", "1w", "", "s", "1e3s", "10 seconds", "1s2"})
  void refusesInvalidDurations(String text) {
    assertThat(Units.durationMillis(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "20MB/s,20000000",
    "1GiB/s,1073741824",
    "4096,4096",
    "1kB/s,1000",
    "1KB/s,1000",
    "1.5MiB/s,1572864"
  })
  void readsBytesPerSecond(String text, double bytes) {
    assertThat(Units.amount(text, MetricUnit.BYTES_PER_SECOND)).contains(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"20MB", "20mb/s", "20Mbit/s", "20%", "-5"})
  void refusesInvalidBytesPerSecond(String text) {
    assertThat(Units.amount(text, MetricUnit.BYTES_PER_SECOND)).isEmpty();
  }

  @Test
  void readsRatiosAsNumbersAndPercent() {
    assertThat(Units.amount("80%", MetricUnit.RATIO)).contains(0.8);
    assertThat(Units.amount("0.8", MetricUnit.RATIO)).contains(0.8);
    assertThat(Units.amount("80", MetricUnit.RATIO)).isEmpty();
    assertThat(Units.amount("101%", MetricUnit.RATIO)).isEmpty();
  }

  @Test
  void readsTheOtherUnits() {
    assertThat(Units.amount("200/s", MetricUnit.PER_SECOND)).contains(200.0);
    assertThat(Units.amount("200", MetricUnit.PER_SECOND)).contains(200.0);
    assertThat(Units.amount("200ms", MetricUnit.PER_SECOND)).isEmpty();
    assertThat(Units.amount("1.5s", MetricUnit.MILLIS)).contains(1500.0);
    assertThat(Units.amount("50", MetricUnit.MILLIS)).contains(50.0);
    assertThat(Units.amount("32", MetricUnit.COUNT)).contains(32.0);
    assertThat(Units.amount("32/s", MetricUnit.COUNT)).isEmpty();
  }
}
