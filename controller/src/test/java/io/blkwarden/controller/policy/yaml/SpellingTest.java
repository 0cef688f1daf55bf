package io.blkwarden.controller.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SpellingTest {
  @Test
  void findsTheNearestWord() {
    assertThat(Spelling.nearest("iosp", List.of("iops", "util"))).contains("iops");
    assertThat(Spelling.nearest("device.utl", List.of("device.util", "util")))
        .contains("device.util");
    assertThat(Spelling.nearest("clear_bellow", List.of("above", "clear_below", "clear_for")))
        .contains("clear_below");
  }

  @Test
  void suggestsNothingWhenNoWordIsSimilar() {
    assertThat(Spelling.nearest("latency", List.of("iops", "util"))).isEmpty();
    assertThat(Spelling.nearest("x".repeat(100_000), List.of("iops"))).isEmpty();
  }
}
