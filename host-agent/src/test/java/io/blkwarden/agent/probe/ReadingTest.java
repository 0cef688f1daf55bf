package io.blkwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ReadingTest {
  private static final List<Reading<Integer>> WITHOUT_VALUE =
      List.of(
          Reading.absent("proc/9/stat"),
          Reading.malformed("proc/9/stat", "a pid", "x"),
          Reading.failed("proc/9/stat: permission denied"));

  @Test
  void aValueIsChanged() {
    assertThat(Reading.present(2).map(value -> value + 1)).isEqualTo(Reading.present(3));
    assertThat(Reading.present(2).orElse(7)).isEqualTo(2);
    assertThat(Reading.present(2).toOptional()).contains(2);
  }

  @Test
  void whatHasNoValueStaysWhatItIs() {
    for (Reading<Integer> reading : WITHOUT_VALUE) {
      assertThat(reading.map(value -> value + 1)).isEqualTo(reading);
      assertThat(reading.<Integer>withoutValue()).isEqualTo(reading);
      assertThat(reading.orElse(7)).isEqualTo(7);
      assertThat(reading.toOptional()).isEmpty();
    }
    assertThatIllegalStateException().isThrownBy(() -> Reading.present(2).withoutValue());
  }

  @Test
  void eachIsToldInOneLine() {
    assertThat(WITHOUT_VALUE)
        .extracting(Reading::describe)
        .containsExactly(
            "proc/9/stat: not there",
            "proc/9/stat: expected a pid, found 'x'",
            "proc/9/stat: permission denied");
    assertThat(Reading.present(2).describe()).isEqualTo("2");
  }

  @Test
  void aParsersFaultNamesTheFile() {
    assertThat(Reading.present("x").parse("proc/uptime", Uptime::parse).describe())
        .isEqualTo("proc/uptime: uptime: expected SECONDS.HUNDREDTHS ..., found 'x'");
  }

  @Test
  void longTextIsCut() {
    Reading<Integer> bad = Reading.malformed("stat", "less", "x".repeat(1000));
    assertThat(bad.describe()).hasSizeLessThan(200).endsWith("x…'");
  }
}
