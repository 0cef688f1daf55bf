package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.bus.StreamPublisher.Gate;
import io.blkwarden.controller.nats.Assets;
import io.blkwarden.controller.nats.BlockingSchedulers;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.NatsConnection;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.test.StepVerifier;

/** Publishing of alerts to a real server, by leadership. */
final class AlertPublisherTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final NatsServer server = NatsServer.start();
  private final ControllerCounters counters = new ControllerCounters();
  private final Scheduler waiting = BlockingSchedulers.pool("test", 2, 100);
  private final Scheduler alerting = BlockingSchedulers.single("test-alerts");
  private final Sinks.Many<Boolean> reconnected = Sinks.many().multicast().directBestEffort();
  private final NatsConnection connection =
      new NatsConnection(
          new NatsSettings(server.url(), null, null, Subjects.DEFAULT, "c1"),
          "alerts",
          counters,
          waiting,
          alerting);
  private volatile Gate gate = Gate.WAIT;
  private final StreamPublisher<Alert> publisher =
      new StreamPublishers(connection, Subjects.DEFAULT, counters, reconnected.asFlux())
          .alerts(() -> gate, alerting);
  private Connection other;

  @BeforeEach
  void prepare() throws Exception {
    other = server.connect();
    Assets.ensure(other, Subjects.DEFAULT, server);
    connection.start();
    connection.awaitConnected().block(BOUND);
  }

  @AfterEach
  void stop() {
    connection.close();
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
  void waitsWhileLeadershipIsUnknown() throws Exception {
    StepVerifier.create(publisher.publish(Flux.just(Messages.alert(1, Alert.State.FIRING))))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(300))
        .then(() -> {
          assertThat(publisher.waiting()).isOne();
          gate = Gate.PUBLISH;
        })
        .expectComplete()
        .verify(BOUND);

    assertThat(publisher.waiting()).isZero();
    assertThat(stored()).isOne();
    assertThat(counters.alerts.published().sum()).isOne();
  }

  @Test
  void discardsWhileAnotherControllerLeads() throws Exception {
    gate = Gate.DISCARD;
    publisher.publish(Flux.just(Messages.alert(1, Alert.State.FIRING))).block(BOUND);

    assertThat(publisher.waiting()).isZero();
    assertThat(stored()).isZero();
    assertThat(counters.alerts.discarded().sum()).isOne();
  }

  @Test
  void fullQueueDropsIntermediateStatesThenNewAlerts() {
    Flux<Alert> fill =
        Flux.range(0, StreamPublishers.ALERTS_MAX - 1)
            .map(n -> Messages.alert(n, Alert.State.FIRING));
    Flux<Alert> more =
        Flux.just(
            Messages.alert(0, Alert.State.HANDLED),
            Messages.alert(0, Alert.State.RESOLVED),
            Messages.alert(StreamPublishers.ALERTS_MAX, Alert.State.FIRING));
    StepVerifier.create(publisher.publish(fill.concatWith(more)))
        .expectSubscription()
        .then(() -> {
          assertThat(publisher.waiting()).isEqualTo(StreamPublishers.ALERTS_MAX);
          assertThat(counters.alerts.folded().sum()).isOne();
          assertThat(counters.alerts.lost().sum()).isOne();
        })
        .thenCancel()
        .verify(BOUND);
    assertThat(publisher.waiting())
        .as("cancelling keeps the queue")
        .isEqualTo(StreamPublishers.ALERTS_MAX);
  }
}
