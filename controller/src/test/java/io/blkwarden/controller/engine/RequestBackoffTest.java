package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class RequestBackoffTest {
  private final RequestBackoff backoff = new RequestBackoff();

  /** The seconds in which a request is sent. */
  private long[] asked(long from, long to) {
    return LongStream.range(from, to).filter(now -> backoff.ask(now * 1_000)).toArray();
  }

  @Test
  void pauseDoublesUntilASnapshotArrives() {
    assertThat(asked(0, 300)).containsExactly(0, 5, 15, 35, 75, 155, 235);
    backoff.answered();
    assertThat(asked(300, 400)).containsExactly(300, 305, 315, 335, 375);
  }

  @Test
  void missingExpectedSnapshotIsRequested() {
    backoff.expect(100_000);
    backoff.expect(103_000);
    assertThat(asked(100, 112)).containsExactly(105, 110);
  }

  @Test
  void arrivalDoesNotShortenTheNextPause() {
    assertThat(asked(0, 1)).containsExactly(0);
    backoff.answered();
    backoff.expect(1_000);
    assertThat(asked(1, 12)).containsExactly(5, 10);
  }
}
