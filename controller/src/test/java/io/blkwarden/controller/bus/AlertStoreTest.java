package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.bus.StoreFlow.Fence;
import io.blkwarden.controller.nats.Assets;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.NatsLink;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.WaitingThreads;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.test.StepVerifier;

/** What waits to be stored on a real server, by who holds the claim. */
final class AlertStoreTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final NatsServer server = NatsServer.start();
  private final BusCounters counters = new BusCounters();
  private final Scheduler waiting = WaitingThreads.some("test", 2, 100);
  private final Scheduler alerting = WaitingThreads.one("test-alerts");
  private final Sinks.Many<Boolean> nudges = Sinks.many().multicast().directBestEffort();
  private final NatsLink link =
      new NatsLink(
          new NatsSettings(server.url(), null, Subjects.DEFAULT, "c1"),
          "alerts",
          counters,
          new SplittableRandom(1),
          waiting,
          alerting);
  private volatile Fence fence = Fence.WAIT;
  private final AlertStore store =
      new AlertStore(
          link,
          Subjects.DEFAULT,
          counters,
          () -> fence,
          nudges.asFlux(),
          alerting,
          new SplittableRandom(1));
  private Connection other;

  @BeforeEach
  void prepare() throws Exception {
    other = server.connect();
    Assets.ensure(other, Subjects.DEFAULT, server);
    link.start();
    link.connected().block(BOUND);
  }

  @AfterEach
  void stop() {
    link.close();
    waiting.dispose();
    alerting.dispose();
    server.close();
  }

  private long stored() throws Exception {
    return other
        .jetStreamManagement()
        .getStreamInfo(JetStreamAssets.ALERTS)
        .getStreamState()
        .getMsgCount();
  }

  @Test
  void itWaitsWhileTheClaimIsNotKnownAndIsPublishedThen() throws Exception {
    StepVerifier.create(store.store(Flux.just(Messages.alert(1, Alert.State.FIRING))))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(300))
        .then(() -> {
          assertThat(store.waiting()).isOne();
          fence = Fence.OPEN;
        })
        .expectComplete()
        .verify(BOUND);

    assertThat(store.waiting()).isZero();
    assertThat(stored()).isOne();
    assertThat(counters.alertsPublished.sum()).isOne();
  }

  @Test
  void itIsLeftToAnotherControllerThatHasClaimed() throws Exception {
    fence = Fence.LEAVE;
    store.store(Flux.just(Messages.alert(1, Alert.State.FIRING))).block(BOUND);

    assertThat(store.waiting()).isZero();
    assertThat(stored()).isZero();
    assertThat(counters.alertsLeft.sum()).isOne();
  }

  @Test
  void atTheBoundAStateInBetweenIsLeftOutElseTheNewAlertIsRefusedAndBothAreCounted() {
    Flux<Alert> fill =
        Flux.range(0, AlertStore.LIMIT - 1).map(n -> Messages.alert(n, Alert.State.FIRING));
    Flux<Alert> more =
        Flux.just(
            Messages.alert(0, Alert.State.HANDLED),
            Messages.alert(0, Alert.State.RESOLVED),
            Messages.alert(AlertStore.LIMIT, Alert.State.FIRING));
    StepVerifier.create(store.store(fill.concatWith(more)))
        .expectSubscription()
        .then(() -> {
          assertThat(store.waiting()).isEqualTo(AlertStore.LIMIT);
          assertThat(counters.alertsFolded.sum()).isOne();
          assertThat(counters.alertsLost.sum()).isOne();
        })
        .thenCancel()
        .verify(BOUND);
    assertThat(store.waiting()).as("cancelling leaves them").isEqualTo(AlertStore.LIMIT);
  }
}
