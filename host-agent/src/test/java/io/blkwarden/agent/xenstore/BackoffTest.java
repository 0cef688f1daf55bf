package io.blkwarden.agent.xenstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.testing.Property;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  @Test
  void doublesUpToTheLimitAndResets() {
    Property.checkSeeds(
        100,
        seed -> {
          Backoff backoff = new Backoff(100, 1_000, new SplittableRandom(seed));
          for (int round = 0; round < 2; round++) {
            assertThat(backoff.nextMillis()).isBetween(50L, 100L);
            assertThat(backoff.nextMillis()).isBetween(100L, 200L);
            assertThat(backoff.nextMillis()).isBetween(200L, 400L);
            assertThat(backoff.nextMillis()).isBetween(400L, 800L);
            assertThat(backoff.nextMillis()).isBetween(500L, 1_000L);
            assertThat(backoff.nextMillis()).isBetween(500L, 1_000L);
            backoff.reset();
          }
        });
  }
}
