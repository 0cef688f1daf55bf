package io.blkwarden.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class NearestTest {
  private static final Set<String> DOMAINS = Set.of("vm176", "vm177", "billing-db");

  @Test
  void findsTheSmallestEditDistance() {
    assertThat(Nearest.of("biling", DOMAINS)).hasValue("billing-db");
    assertThat(Nearest.of("vm17", DOMAINS)).as("the first of two").hasValue("vm176");
    assertThat(Nearest.of("x", List.of())).isEmpty();
    assertThat(Nearest.question("vm176", List.of("vm176"))).as("not the name itself").isEmpty();
  }

  @Test
  void suggestsOnlySimilarNames() {
    assertThat(Nearest.question("vm76", DOMAINS)).isEqualTo("did you mean vm176?");
    assertThat(Nearest.question("mail", DOMAINS)).isEmpty();
  }

  @Test
  void countsSwappedLettersOnce() {
    assertThat(Nearest.similar("iosp", List.of("iops", "util"))).hasValue("iops");
    assertThat(Nearest.similar("clear_bellow", List.of("above", "clear_below", "clear_for")))
        .hasValue("clear_below");
    assertThat(Nearest.similar("latency", List.of("iops", "util"))).isEmpty();
    assertThat(Nearest.similar("x".repeat(100_000), List.of("iops"))).isEmpty();
  }
}
