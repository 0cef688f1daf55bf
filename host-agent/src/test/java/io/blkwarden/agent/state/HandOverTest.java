package io.blkwarden.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HandOverTest {
  @TempDir Path state;

  @Test
  void requestIsRemovedByTheNextAgent() {
    HandOver handOver = new HandOver(state, InstantSource.system());
    assertThat(handOver.isRequested()).isFalse();
    assertThat(handOver.request()).isEmpty();
    assertThat(handOver.isRequested()).isTrue();
    assertThat(handOver.remove()).isEmpty();
    assertThat(handOver.isRequested()).isFalse();
  }

  @Test
  void requestExpires() throws Exception {
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    HandOver handOver = new HandOver(state, InstantSource.fixed(now));
    assertThat(handOver.request()).isEmpty();
    Path file = state.resolve("hand-over.request");
    Files.setLastModifiedTime(file, FileTime.from(now.minus(HandOver.VALID_FOR).plusSeconds(1)));
    assertThat(handOver.isRequested()).isTrue();
    Files.setLastModifiedTime(file, FileTime.from(now.minus(HandOver.VALID_FOR)));
    assertThat(handOver.isRequested()).isFalse();
  }

  @Test
  void reportsAFailedRequest() {
    assertThat(new HandOver(state.resolve("gone"), InstantSource.system()).request())
        .hasValueSatisfying(fault -> assertThat(fault).contains("hand-over.request"));
  }
}
