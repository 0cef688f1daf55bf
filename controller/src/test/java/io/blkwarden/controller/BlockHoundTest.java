package io.blkwarden.controller;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Proves that the detector of blocking calls is armed for every test of this module. */
final class BlockHoundTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  @Test
  void aBlockingCallOnANonBlockingThreadFails() {
    Mono<Void> parks = Mono.fromRunnable(() -> LockSupport.parkNanos(1));

    assertThatThrownBy(() -> parks.subscribeOn(Schedulers.parallel()).block(BOUND))
        .hasRootCauseInstanceOf(BlockingOperationError.class);
  }
}
