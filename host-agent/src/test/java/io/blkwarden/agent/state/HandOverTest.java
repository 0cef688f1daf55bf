package io.blkwarden.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HandOverTest {
  @TempDir Path state;

  @Test
  void requestIsRemovedByTheNextAgent() {
    StateRequest handOver = StateRequest.handOver(state);
    assertThat(handOver.isValid(Instant.now())).isFalse();
    assertThat(handOver.make()).isEmpty();
    assertThat(handOver.isValid(Instant.now())).isTrue();
    assertThat(handOver.remove()).isEmpty();
    assertThat(handOver.isValid(Instant.now())).isFalse();
  }

  @Test
  void requestExpires() throws Exception {
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    StateRequest handOver = StateRequest.handOver(state);
    assertThat(handOver.make()).isEmpty();
    Path file = state.resolve("hand-over.request");
    Files.setLastModifiedTime(
        file, FileTime.from(now.minus(StateRequest.HAND_OVER_VALID_FOR).plusSeconds(1)));
    assertThat(handOver.isValid(now)).isTrue();
    Files.setLastModifiedTime(file, FileTime.from(now.minus(StateRequest.HAND_OVER_VALID_FOR)));
    assertThat(handOver.isValid(now)).isFalse();
  }

  @Test
  void reportsAFailedRequest() {
    assertThat(StateRequest.handOver(state.resolve("gone")).make())
        .hasValueSatisfying(fault -> assertThat(fault).contains("hand-over.request"));
  }
}
