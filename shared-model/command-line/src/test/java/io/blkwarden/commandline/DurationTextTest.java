package io.blkwarden.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class DurationTextTest {
  private final DurationText text = new DurationText();

  @ParameterizedTest
  @CsvSource({"500ms,500", "30s,30000", "010m,600000", "24h,86400000", "7d,604800000"})
  void parsesDurations(String written, long millis) {
    assertThat(text.convert(written)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0s", "5", "s", "-1s", "1.5s", "1 s", "99999999d", "1w"})
  void reportsTheExpectedFormat(String written) {
    assertThatThrownBy(() -> text.convert(written))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("expected a duration such as 500ms, 30s, 10m, 24h or 7d, found '%s'", written);
    List<String> problems = new ArrayList<>();
    assertThat(DurationText.parse("--interval", written, problems)).isEmpty();
    assertThat(problems).singleElement().asString().startsWith("--interval: expected a duration");
  }

  @ParameterizedTest
  @CsvSource({"-5,0s", "59,59s", "185,3m 5s", "7260,2h 1m", "90000,1d 1h"})
  void printsAtMostTwoUnits(long seconds, String printed) {
    assertThat(DurationText.print(Duration.ofSeconds(seconds))).isEqualTo(printed);
  }
}
