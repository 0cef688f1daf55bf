package io.blkwarden.agent;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.agent.bus.Link;
import io.blkwarden.agent.bus.Session;
import io.blkwarden.agent.nats.NatsLink;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Proves that the detector of blocking calls is armed for every test of this module. */
final class BlockHoundTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final Duration SETTLED = Duration.ofMillis(100);

  @Test
  void blockingCallOnANonBlockingThreadFails() {
    Mono<Void> parks = Mono.fromRunnable(() -> LockSupport.parkNanos(1));

    assertThatThrownBy(() -> parks.subscribeOn(Schedulers.parallel()).block(BOUND))
        .hasRootCauseInstanceOf(BlockingOperationError.class);
  }

  @Test
  void blockingCallOnADispatcherOfTheNatsClientFails() throws Exception {
    try (NatsServer server = NatsServer.start()) {
      NatsSettings settings =
          new NatsSettings(
              List.of(server.url()),
              Optional.empty(),
              Optional.empty(),
              new HostId("dom0-7"),
              Subjects.DEFAULT,
              Duration.ofMillis(100));
      NatsLink link = new NatsLink(settings, new Random(1));
      StepVerifier.create(
              link.events(Schedulers.boundedElastic())
                  .ofType(Link.Event.Up.class)
                  .concatMap(up -> parkAtAMessage(up.session())))
          .expectNextMatches(BlockingOperationError.class::isInstance)
          .thenCancel()
          .verify(BOUND);
      link.close();
    }
  }

  /** The result; completed on another thread, which closes the connection. */
  private static Mono<Throwable> parkAtAMessage(Session session) {
    Mono<Session.Delivery> message =
        session.publish("x", new byte[0]).delaySubscription(SETTLED).cast(Session.Delivery.class);
    return session
        .subscribe("x")
        .mergeWith(message)
        .doOnNext(_ -> LockSupport.parkNanos(1))
        .<Throwable>map(_ -> new AssertionError("it may park"))
        .onErrorResume(Mono::just)
        .next()
        .publishOn(Schedulers.boundedElastic());
  }
}
