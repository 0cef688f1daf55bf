package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.nats.BlockingSchedulers;
import io.blkwarden.controller.nats.NatsConnection;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.controller.testing.Recording;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.test.StepVerifier;

/** The alerts that are open when leadership is gained. */
final class OpenAlertsTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T closing(T resource) {
    open.add(resource);
    return resource;
  }

  private NatsFleetBus bus(NatsServer server, String instance, Recording seen) {
    NatsFleetBus bus =
        closing(
            new NatsFleetBus(
                new NatsSettings(server.url(), null, null, Subjects.DEFAULT, instance),
                instance + "-run",
                new ControllerCounters(),
                Clock.systemUTC(),
                () -> true));
    seen.of(bus);
    bus.start();
    return bus;
  }

  /** Otherwise a breach would continue under an id that is not open. */
  @Test
  void queuedAlertsCountAsOpenWhenLeadershipIsGained() throws Exception {
    NatsServer server = closing(NatsServer.stopped());
    Recording seen = new Recording();
    NatsFleetBus bus = bus(server, "c1", seen);
    Disposable _ =
        bus.publishAlerts(
                Flux.just(
                    Messages.alert(1, Alert.State.FIRING),
                    Messages.alert(2, Alert.State.FIRING),
                    Messages.alert(1, Alert.State.RESOLVED)))
            .subscribe();
    assertThat(bus.waitingAlerts()).isEqualTo(3);
    server.run();
    await().atMost(BOUND).until(() -> !seen.leaderships.isEmpty());
    assertThat(seen.open).containsExactly(Messages.alert(2, Alert.State.FIRING));
  }

  /** It was sent before the takeover and stored after the new leader's alert. */
  @Test
  void lateAlertOfAFormerLeaderDoesNotReopenAResolvedOne() throws Exception {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus first = bus(server, "c1", new Recording());
    await().atMost(BOUND).until(() -> first.status().leadership() instanceof Leadership.Leading);
    first
        .publishAlerts(
            Flux.just(
                Messages.alert(1, Alert.State.RESOLVED).withEpoch(8),
                Messages.alert(1, Alert.State.FIRING).withEpoch(7),
                Messages.alert(2, Alert.State.FIRING).withEpoch(8)))
        .block(BOUND);
    first.close();

    Recording second = new Recording();
    NatsFleetBus _ = bus(server, "c2", second);
    await().atMost(BOUND).until(() -> !second.leaderships.isEmpty());
    assertThat(second.open).extracting(Alert::id).containsExactly(Messages.id(2));
  }

  @Test
  void streamIsReadAgainUntilItCanBeRead() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Scheduler blocking = BlockingSchedulers.pool("test", 2, 8);
    Scheduler timer = BlockingSchedulers.single("test-timer");
    NatsSettings settings = new NatsSettings(server.url(), null, null, Subjects.DEFAULT, "c1");
    NatsConnection connection =
        closing(new NatsConnection(settings, "test", new ControllerCounters(), blocking, timer));
    connection.start();
    await().atMost(BOUND).until(connection::isUp);
    OpenAlerts alerts = new OpenAlerts(connection, Subjects.DEFAULT, List::of);
    StepVerifier.create(alerts.read())
        .expectNext(new FleetBus.SharedState.OpenAlerts(List.of(), false)) // there is no stream
        .verifyComplete();
    StepVerifier.create(alerts.readAgain(() -> false, timer)).verifyComplete();

    StepVerifier.create(alerts.readAgain(() -> true, timer))
        .then(() -> bus(server, "c2", new Recording())) // creates the stream
        .expectNext(new FleetBus.SharedState.OpenAlerts(List.of(), true))
        .expectComplete()
        .verify(BOUND);
    timer.dispose();
    blocking.dispose();
  }
}
