package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.testing.Messages;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class DecisionOutboxTest {
  private final DecisionOutbox outbox = new DecisionOutbox(3);

  @Test
  void whatWasDecidedFirstIsToldFirstAndTheBoundRefuses() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(outbox.add(Messages.decision(i))).isTrue();
    }
    assertThat(outbox.add(Messages.decision(3))).isFalse();
    for (int i = 0; i < 3; i++) {
      assertThat(outbox.awaitOldest())
          .isEqualTo(Messages.decision(i))
          .isEqualTo(outbox.awaitOldest());
      assertThat(outbox.awaitEmpty(Duration.ofMillis(5))).isFalse();
      outbox.remove();
      assertThat(outbox.size()).isEqualTo(2 - i);
    }
    assertThat(outbox.awaitEmpty(Duration.ZERO)).isTrue();
  }
}
