package io.blkwarden.controller;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Proves that the detector of blocking calls is armed for every test of this module. */
final class BlockHoundTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  @Test
  void blockingCallOnANonBlockingThreadFails() {
    Mono<Void> parks = Mono.fromRunnable(() -> LockSupport.parkNanos(1));

    assertThatThrownBy(() -> parks.subscribeOn(Schedulers.parallel()).block(BOUND))
        .hasRootCauseInstanceOf(BlockingOperationError.class);
  }

  /** The publishers share the queue's lock, each for the time of one message. */
  @Test
  void concurrentNonBlockingThreadsCanPublish() throws Exception {
    try (NatsServer server = NatsServer.start()) {
      Connection link = server.connect();
      Mono<Void> published =
          Flux.range(0, 200_000)
              .parallel(4)
              .runOn(Schedulers.parallel())
              .doOnNext(_ -> link.publish("somewhere", new byte[8]))
              .sequential()
              .then();

      StepVerifier.create(published).expectComplete().verify(BOUND);
      link.close();
    }
  }
}
