package io.blkwarden.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestraintTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "idle",
        "best-effort/0",
        "best-effort/7",
        "limit 10/s",
        "limit 20/s",
        "limit 100000/s"
      })
  void parseIsTheInverseOfToString(String text) {
    assertThat(Restraint.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none", "realtime/0", "best-effort/8", "best-effort", "limit", "limit 20", "limit 9/s",
        "limit 020/s", "limit 100001/s", "limit 9999999/s", "limit  20/s", "limit -20/s", "20/s", ""
      })
  void rejectsEverythingElse(String text) {
    assertThatThrownBy(() -> Restraint.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void isExactlyOneOfTwoFields() {
    assertThat(Restraint.of(IoPriority.IDLE, null)).isEqualTo(Restraint.Priority.IDLE);
    assertThat(Restraint.of(null, 20)).isEqualTo(new Restraint.Limit(20));
    assertThatThrownBy(() -> Restraint.of(null, null))
        .hasMessage("restraint: expected exactly one of priority and limit_per_s, found none");
    assertThatThrownBy(() -> Restraint.of(IoPriority.IDLE, 20))
        .hasMessage("restraint: expected exactly one of priority and limit_per_s, found both");
    assertThatThrownBy(() -> Restraint.of(IoPriority.UNSET, null))
        .hasMessage("priority: expected idle or best-effort/0..7, found none");
  }
}
