package io.blkwarden.controller.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.blkwarden.controller.notify.settings.NotifySettings;
import io.blkwarden.controller.notify.settings.Secret;
import io.blkwarden.controller.notify.settings.WebhookTemplate;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.snapshot.ControllerCounters.Receiver;
import io.blkwarden.controller.testing.Alertmanager;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.message.Alert;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** Notifications to a real Alertmanager and a scripted web server. */
final class NotifierTest {
  private final ControllerCounters counters = new ControllerCounters();
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Path TOKEN = Path.of("/token");

  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicBoolean leading = new AtomicBoolean(true);
  private final Scheduler thread = Schedulers.newSingle("notify-test", true);

  @AfterEach
  void close() throws Exception {
    thread.dispose();
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private static long count(Map<Receiver, LongAdder> counts, Receiver receiver) {
    return counts.getOrDefault(receiver, new LongAdder()).sum();
  }

  private Notifier notifier(NotifySettings settings) {
    return new Notifier(
        settings,
        Map.of(TOKEN, new Secret("0123456789abcdef")),
        Clock.systemUTC(),
        leading::get,
        counters,
        thread);
  }

  private static Alert alert(long number, Alert.State state) {
    return Messages.alert(number, state).withState(state, Instant.now(), "word " + state.wire());
  }

  private Alertmanager alertmanager() throws Exception {
    Alertmanager made = new Alertmanager();
    open.add(made);
    return made;
  }

  private Notifier feeding(Alertmanager to, long resendMillis) {
    return notifier(
        new NotifySettings(
            List.of(new NotifySettings.Alertmanager(to.url(), null, 2_000, resendMillis)),
            List.of()));
  }

  private static List<String> names(Alertmanager manager) {
    return manager.alerts().stream()
        .map(each -> each.path("annotations").path("alert").asString(""))
        .sorted()
        .toList();
  }

  @Test
  void alertmanagerHasAnAlertUntilItIsResolved() throws Exception {
    Alertmanager manager = alertmanager();
    manager.run();
    Notifier notifier = feeding(manager, 60_000);

    notifier.send(alert(1, Alert.State.FIRING));

    await("known").atMost(BOUND).until(() -> manager.alerts().size() == 1);
    JsonNode known = manager.alerts().getFirst();
    assertThat(known.path("labels").path("alertname").asString()).isEqualTo("swap-storm");
    assertThat(known.path("labels").path("host").asString()).isEqualTo("dom0-7");
    assertThat(known.path("labels").path("domain").asString()).isEqualTo("vm176");
    assertThat(known.path("labels").path("severity").asString()).isEqualTo("warning");
    assertThat(known.path("annotations").path("state").asString()).isEqualTo("firing");
    assertThat(known.path("status").path("state").asString()).isEqualTo("active");
    assertThat(Instant.parse(known.path("endsAt").asString()))
        .isAfter(Instant.now().plusSeconds(120));

    notifier.send(alert(1, Alert.State.RESOLVED));

    await("ended").atMost(BOUND).until(() -> manager.alerts().isEmpty());
    assertThat(count(counters.notificationsFailed, Receiver.ALERTMANAGER)).isZero();
  }

  @Test
  void exampleRoutesBySeverity() throws Exception {
    Alertmanager manager =
        new Alertmanager(Files.readString(Path.of("../docs/examples/alertmanager.yml")));
    open.add(manager);
    manager.run();
    Notifier notifier = feeding(manager, 60_000);
    notifier.send(alert(1, Alert.State.FIRING));
    notifier.send(Messages.alert(2, Alert.State.FIRING, Alert.Severity.CRITICAL));

    await("known").atMost(BOUND).until(() -> manager.alerts().size() == 2);

    assertThat(manager.alerts())
        .extracting(
            each -> each.path("labels").path("severity").asString(),
            each -> each.path("receivers").findValuesAsString("name"))
        .containsExactlyInAnyOrder(
            tuple("warning", List.of("slack")), tuple("critical", List.of("pagerduty", "slack")));
  }

  @Test
  void suppressedAlertsEndOrAreNotSent() throws Exception {
    Alertmanager manager = alertmanager();
    manager.run();
    Notifier notifier = feeding(manager, 60_000);
    Alert critical = alert(1, Alert.State.FIRING);
    notifier.send(critical);
    await("known").atMost(BOUND).until(() -> names(manager).contains(critical.id().value()));

    notifier.send(
        critical
            .withState(Alert.State.FIRING, Instant.now(), "s")
            .withSuppression(null, "ana", null));

    await("ended").atMost(BOUND).until(() -> manager.alerts().isEmpty());
    long sent = count(counters.notificationsSent, Receiver.ALERTMANAGER);
    notifier.send(alert(2, Alert.State.FIRING).withSuppression(Messages.id(9), null, null));
    notifier.send(alert(2, Alert.State.HANDLED).withSuppression(null, null, "handled"));
    notifier.send(critical);
    await("one more").atMost(BOUND).until(() -> !manager.alerts().isEmpty());
    assertThat(count(counters.notificationsSent, Receiver.ALERTMANAGER)).isEqualTo(sent + 1);
  }

  @Test
  void formerLeaderDoesNotResend() throws Exception {
    Alertmanager manager = alertmanager();
    manager.run();
    Notifier notifier = feeding(manager, 100); // resolved 300 ms after the last reminder
    notifier.send(alert(1, Alert.State.FIRING));
    await("sent again")
        .atMost(BOUND)
        .until(() -> count(counters.notificationsSent, Receiver.ALERTMANAGER) > 5);

    leading.set(false);
    await("resolved by Alertmanager").atMost(BOUND).until(() -> manager.alerts().isEmpty());

    leading.set(true);
    await("open at this controller").atMost(BOUND).until(() -> !manager.alerts().isEmpty());
    notifier.handOver();
    await("published by another controller").atMost(BOUND).until(() -> manager.alerts().isEmpty());
    long sent = count(counters.notificationsSent, Receiver.ALERTMANAGER);
    notifier.send(alert(2, Alert.State.FIRING));
    await("later ones")
        .atMost(BOUND)
        .until(() -> count(counters.notificationsSent, Receiver.ALERTMANAGER) > sent);
    assertThat(names(manager)).doesNotContain(Messages.id(1).value());
  }

  @Test
  void sendsAlertsAfterAnAlertmanagerOutage() throws Exception {
    Alertmanager manager = alertmanager();
    Notifier notifier = feeding(manager, 60_000);
    notifier.send(alert(1, Alert.State.FIRING));
    await("failed")
        .atMost(BOUND)
        .until(() -> count(counters.notificationsFailed, Receiver.ALERTMANAGER) > 0);

    manager.run();

    await("known").atMost(BOUND).until(() -> manager.alerts().size() == 1);
    assertThat(count(counters.notificationsDropped, Receiver.ALERTMANAGER)).isZero();
  }

  @Test
  void resendsOpenAlerts() throws Exception {
    Alertmanager manager = alertmanager();
    manager.run();
    Notifier notifier = feeding(manager, 500);

    notifier.send(alert(1, Alert.State.FIRING));

    await("sent again")
        .atMost(BOUND)
        .until(() -> count(counters.notificationsSent, Receiver.ALERTMANAGER) >= 6);
    assertThat(manager.alerts()).hasSize(1);
  }

  private record Taken(String body, String authorization) {}

  private final List<Taken> taken = new CopyOnWriteArrayList<>();

  /** A web server that answers its n-th request with a code, once the gate is open. */
  private URI server(CountDownLatch gate, IntUnaryOperator codes) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newSingleThreadExecutor());
    server.createContext(
        "/hook",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          taken.add(
              new Taken(
                  body, String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))));
          try {
            gate.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.sendResponseHeaders(codes.applyAsInt(taken.size()), -1);
          exchange.close();
        });
    server.start();
    open.add(() -> {
      gate.countDown();
      server.stop(0);
    });
    return URI.create("http://127.0.0.1:%d/hook".formatted(server.getAddress().getPort()));
  }

  private Notifier hooked(URI url, int attempts, int queue) {
    return notifier(
        new NotifySettings(
            List.of(),
            List.of(
                new NotifySettings.Webhook(
                    url,
                    TOKEN,
                    30_000,
                    attempts,
                    queue,
                    EnumSet.allOf(Alert.Severity.class),
                    null))));
  }

  @Test
  void webhookReceivesAlertsInOrderWithRetries() throws Exception {
    URI url = server(new CountDownLatch(0), request -> request == 1 ? 500 : 204);
    Notifier notifier = hooked(url, 5, 10);

    notifier.send(alert(1, Alert.State.FIRING));
    notifier.send(alert(1, Alert.State.RESOLVED));

    await("received")
        .atMost(BOUND)
        .until(() -> count(counters.notificationsSent, Receiver.WEBHOOK) == 2);
    assertThat(taken).hasSize(3);
    assertThat(taken.get(0)).isEqualTo(taken.get(1));
    assertThat(taken.get(1).body())
        .startsWith("{\"schema\":\"blkwarden.alert.v1\"")
        .contains("firing");
    assertThat(taken.get(2).body()).contains("resolved");
    assertThat(taken).extracting(Taken::authorization).containsOnly("Bearer 0123456789abcdef");
    assertThat(count(counters.notificationsFailed, Receiver.WEBHOOK)).isEqualTo(1);
    assertThat(count(counters.notificationsDropped, Receiver.WEBHOOK)).isZero();
  }

  @Test
  void webhookReceivesItsSeveritiesInItsTemplate() throws Exception {
    URI url = server(new CountDownLatch(0), _ -> 200);
    Notifier notifier =
        notifier(
            new NotifySettings(
                List.of(),
                List.of(
                    new NotifySettings.Webhook(
                        url,
                        null,
                        30_000,
                        1,
                        10,
                        Set.of(Alert.Severity.WARNING),
                        WebhookTemplate.SLACK),
                    new NotifySettings.Webhook(
                        url,
                        null,
                        30_000,
                        1,
                        10,
                        Set.of(Alert.Severity.CRITICAL),
                        WebhookTemplate.SLACK))));
    Alert firing = alert(1, Alert.State.FIRING);

    notifier.send(firing.withState(firing.state(), firing.at(), "vm<!channel> & \"co\""));

    assertThat(notifier.flush(BOUND)).isZero();
    assertThat(taken)
        .extracting(Taken::body)
        .containsExactly(
            "{\"text\": \"[firing] warning swap-storm: vm&lt;!channel&gt; &amp; \\\"co\\\"\"}");
  }

  @Test
  void dropsAnAlertAfterItsAttempts() throws Exception {
    URI url = server(new CountDownLatch(0), request -> request <= 2 ? 302 : 200);
    Notifier notifier = hooked(url, 2, 10);

    notifier.send(alert(1, Alert.State.FIRING));
    notifier.send(alert(2, Alert.State.FIRING));

    await("abandoned")
        .atMost(BOUND)
        .until(() -> count(counters.notificationsSent, Receiver.WEBHOOK) == 1);
    assertThat(count(counters.notificationsDropped, Receiver.WEBHOOK)).isEqualTo(1);
    assertThat(count(counters.notificationsFailed, Receiver.WEBHOOK)).isEqualTo(2);
  }

  @Test
  void flushWaitsAndReportsTheRest() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    Notifier notifier = hooked(server(gate, _ -> 200), 1, 3);
    notifier.send(alert(1, Alert.State.FIRING));
    notifier.send(alert(2, Alert.State.FIRING));

    assertThat(notifier.flush(Duration.ofMillis(300))).isEqualTo(2);
    assertThat(count(counters.notificationsSent, Receiver.WEBHOOK)).isZero();
    gate.countDown();

    assertThat(notifier.flush(BOUND)).isZero();
    assertThat(count(counters.notificationsSent, Receiver.WEBHOOK)).isEqualTo(2);
  }

  @Test
  void flushWaitsForAnAlertmanager() throws Exception {
    Alertmanager manager = alertmanager();
    Notifier notifier = feeding(manager, 60_000);
    notifier.send(alert(1, Alert.State.FIRING));
    await("failed")
        .atMost(BOUND)
        .until(() -> count(counters.notificationsFailed, Receiver.ALERTMANAGER) > 0);
    assertThat(notifier.flush(Duration.ofMillis(100))).isEqualTo(1);

    manager.run();

    assertThat(notifier.flush(BOUND)).isZero();
    assertThat(names(manager)).hasSize(1);
  }

  @Test
  void fullQueueDropsAndCounts() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    Notifier notifier = hooked(server(gate, _ -> 200), 1, 3);

    for (int i = 0; i < 10; i++) {
      notifier.send(alert(i, Alert.State.FIRING));
    }

    await("full")
        .atMost(BOUND)
        .until(() -> count(counters.notificationsDropped, Receiver.WEBHOOK) == 6);
    gate.countDown();
    await("sent")
        .atMost(BOUND)
        .until(() -> count(counters.notificationsSent, Receiver.WEBHOOK) == 4);
  }
}
