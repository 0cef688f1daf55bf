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
  void aWishStandsUntilTheNextAgentTakesItAway() {
    HandOver wish = new HandOver(state, InstantSource.system());
    assertThat(wish.stands()).isFalse();
    assertThat(wish.make()).isEmpty();
    assertThat(wish.stands()).isTrue();
    assertThat(wish.clear()).isEmpty();
    assertThat(wish.stands()).isFalse();
  }

  @Test
  void oneThatWasForgottenKeepsNoLaterStopFromRestoring() throws Exception {
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    HandOver wish = new HandOver(state, InstantSource.fixed(now));
    assertThat(wish.make()).isEmpty();
    Path file = state.resolve("hand-over.request");
    Files.setLastModifiedTime(file, FileTime.from(now.minus(HandOver.PATIENCE).plusSeconds(1)));
    assertThat(wish.stands()).isTrue();
    Files.setLastModifiedTime(file, FileTime.from(now.minus(HandOver.PATIENCE)));
    assertThat(wish.stands()).isFalse();
  }

  @Test
  void whatCannotBeMadeIsTold() {
    assertThat(new HandOver(state.resolve("gone"), InstantSource.system()).make())
        .hasValueSatisfying(fault -> assertThat(fault).contains("hand-over.request"));
  }
}
