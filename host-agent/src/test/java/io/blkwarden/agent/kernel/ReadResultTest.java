package io.blkwarden.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ReadResultTest {
  private static final List<ReadResult<Integer>> WITHOUT_VALUE =
      List.of(
          ReadResult.absent("proc/9/stat"),
          ReadResult.malformed("proc/9/stat", "a pid", "x"),
          ReadResult.failed("proc/9/stat: permission denied"));

  @Test
  void mapChangesAValue() {
    assertThat(ReadResult.present(2).map(value -> value + 1)).isEqualTo(ReadResult.present(3));
    assertThat(ReadResult.present(2).orElse(7)).isEqualTo(2);
    assertThat(ReadResult.present(2).toOptional()).contains(2);
  }

  @Test
  void mapKeepsResultsWithoutValue() {
    for (ReadResult<Integer> reading : WITHOUT_VALUE) {
      assertThat(reading.map(value -> value + 1)).isEqualTo(reading);
      assertThat(reading.<Integer>withoutValue()).isEqualTo(reading);
      assertThat(reading.orElse(7)).isEqualTo(7);
      assertThat(reading.toOptional()).isEmpty();
    }
    assertThatIllegalStateException().isThrownBy(() -> ReadResult.present(2).withoutValue());
  }

  @Test
  void describeIsOneLine() {
    assertThat(WITHOUT_VALUE)
        .extracting(ReadResult::describe)
        .containsExactly(
            "proc/9/stat: not found",
            "proc/9/stat: expected a pid, found 'x'",
            "proc/9/stat: permission denied");
    assertThat(ReadResult.present(2).describe()).isEqualTo("2");
  }

  @Test
  void parseErrorNamesTheFile() {
    assertThat(ReadResult.present("x").parse("proc/uptime", ProcFiles::parseUptime).describe())
        .isEqualTo("proc/uptime: uptime: expected SECONDS.HUNDREDTHS ..., found 'x'");
  }

  @Test
  void longTextIsTruncated() {
    ReadResult<Integer> bad = ReadResult.malformed("stat", "less", "x".repeat(1000));
    assertThat(bad.describe()).hasSizeLessThan(200).endsWith("x…'");
  }
}
