package io.blkwarden.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SnapshotRetryTest {
  private static final long RETRY = 5;
  private final SnapshotRetry wish = new SnapshotRetry();

  private long[] asked(long from, long to) {
    return LongStream.range(from, to).filter(now -> wish.ask(now, RETRY)).toArray();
  }

  @Test
  void pauseDoublesUntilASnapshotArrives() {
    assertThat(asked(0, 300)).containsExactly(0, 5, 15, 35, 75, 155, 235);
    wish.answered();
    assertThat(asked(300, 400)).containsExactly(300, 305, 315, 335, 375);
  }

  @Test
  void missingExpectedSnapshotIsRequested() {
    wish.expect(100);
    wish.expect(103);
    assertThat(asked(100, 112)).containsExactly(105, 110);
  }

  @Test
  void arrivalDoesNotShortenTheNextPause() {
    assertThat(asked(0, 1)).containsExactly(0);
    wish.answered();
    wish.expect(1);
    assertThat(asked(1, 12)).containsExactly(5, 10);
  }
}
