package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.commandline.nats.JetStreamFault;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.nats.Assets;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.controller.testing.Recording;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsCluster;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Reported problems while JetStream does not work, on real servers. */
final class JetStreamOutagesTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

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

  private NatsFleetBus bus(NatsServer server) {
    NatsFleetBus bus =
        closing(
            new NatsFleetBus(
                new NatsSettings(server.url(), null, null, Subjects.DEFAULT, "c1"),
                "c1-run",
                new ControllerCounters(),
                Clock.systemUTC(),
                () -> true));
    new Recording().of(bus);
    bus.start();
    return bus;
  }

  private static void awaitReady(NatsFleetBus bus) {
    await().atMost(BOUND).until(() -> bus.status().ready() && bus.status().problem().isEmpty());
  }

  private static void awaitProblem(NatsFleetBus bus, String... parts) {
    await().atMost(BOUND).untilAsserted(() -> assertThat(bus.status().problem()).contains(parts));
  }

  private static NatsServer limited(Path directory, String store) throws Exception {
    Path config = directory.resolve("nats.conf");
    Files.writeString(config, "jetstream { max_file_store: %s }%n".formatted(store));
    return NatsServer.start("-c", config.toString());
  }

  @Test
  void reportsServerWithoutJetStream() {
    awaitProblem(bus(closing(NatsServer.withoutJetStream())), "JetStream is not enabled", "-js");
  }

  @Test
  void reportsAccountWithoutJetStream(@TempDir Path directory) throws Exception {
    Path config = directory.resolve("nats.conf");
    Files.writeString(
        config,
        """
        accounts { A: { jetstream: enabled, users: [{ user: a, password: a }] },
                   B: { users: [{ user: b, password: b }] } }
        no_auth_user: b
        """);
    NatsFleetBus bus = bus(closing(NatsServer.start("-c", config.toString())));
    awaitProblem(bus, "JetStream is not enabled for this NATS account");
    assertThat(bus.status().problem()).doesNotContain("-js");
  }

  @Test
  void reportsTooSmallStorage(@TempDir Path directory) throws Exception {
    NatsFleetBus bus = bus(closing(limited(directory, "2M")));
    awaitProblem(bus, "JetStream cannot store more", "max_file_store");
    assertThat(bus.status().problem()).doesNotContain("-js");
  }

  @Test
  void reportsFullStorage(@TempDir Path directory) throws Exception {
    NatsServer server = closing(limited(directory, "12M"));
    Connection connection = closing(Nats.connect(server.url()));
    Assets.small(connection, 1 << 20);
    NatsFleetBus bus = bus(server);
    awaitReady(bus);
    fill(connection);
    var _ = bus.publishAlerts(Flux.just(Messages.alert(1, Alert.State.FIRING))).subscribe();
    awaitProblem(bus, "1 alerts not stored by NATS yet", "JetStream cannot store more", "error");
    var _ = bus.publishDecisions(Flux.just(Messages.decision(2))).subscribe();
    awaitProblem(bus, "1 decisions not stored by NATS yet");
    assertThat(bus.status().problem()).doesNotContain("-js");

    connection.jetStreamManagement().deleteStream("FILL");
    awaitReady(bus);
  }

  @Test
  void checkCreatesUnusedStreamAgain() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Connection connection = closing(server.connect());
    NatsFleetBus bus = bus(server);
    await().atMost(BOUND).until(() -> bus.status().leadership() instanceof Leadership.Leading);
    connection.jetStreamManagement().deleteStream("BLKWARDEN_DECISIONS");
    var done = bus.publishDecisions(Flux.just(Messages.decision(2))).toFuture();
    awaitProblem(bus, "1 decisions not stored by NATS yet", "no stream accepts the message");

    done.get(30, TimeUnit.SECONDS);
    assertThat(connection.jetStreamManagement().getStreamNames()).contains("BLKWARDEN_DECISIONS");
    awaitReady(bus);
  }

  @Test
  void createsDeletedStreamsAndBucketsAgain() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Connection connection = closing(server.connect());
    NatsFleetBus bus =
        closing(
            new NatsFleetBus(
                new NatsSettings(server.url(), null, null, Subjects.DEFAULT, "c1"),
                "c1-run",
                new ControllerCounters(),
                Clock.systemUTC(),
                () -> true));
    Recording seen = new Recording();
    seen.of(bus);
    bus.start();
    awaitReady(bus);
    await().atMost(BOUND).until(() -> bus.status().leadership() instanceof Leadership.Leading);
    List<String> all = connection.jetStreamManagement().getStreamNames();
    for (String stream : all) {
      connection.jetStreamManagement().deleteStream(stream);
    }
    Sinks.Many<Alert> alerts = Sinks.many().unicast().onBackpressureBuffer();
    var done = bus.publishAlerts(alerts.asFlux()).toFuture();
    alerts.emitNext(Messages.alert(1, Alert.State.FIRING), Sinks.EmitFailureHandler.FAIL_FAST);
    awaitProblem(bus, "1 alerts not stored by NATS yet");

    await()
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(connection.jetStreamManagement().getStreamNames())
                .containsExactlyInAnyOrderElementsOf(all));
    awaitReady(bus);
    alerts.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST);
    done.get(30, TimeUnit.SECONDS);
    Pause pause = new Pause("ana", "the storage moves", Messages.AT, null);
    bus.storeOperatorInput(pause, true, List.of()).block(BOUND);
    assertThat(seen.inputs.getLast().pause()).contains(pause);
  }

  private static void fill(Connection connection) throws Exception {
    connection
        .jetStreamManagement()
        .addStream(StreamConfiguration.builder().name("FILL").subjects("fill").build());
    for (int i = 0; i < 128; i++) {
      try {
        connection.jetStream().publish("fill", new byte[1_000_000]);
      } catch (JetStreamApiException e) {
        return;
      }
    }
    throw new AssertionError("the store does not become full");
  }

  @Test
  void reportsClusterWithoutQuorum() throws Exception {
    NatsCluster cluster = closing(NatsCluster.start(3));
    List<NatsServer> servers = IntStream.range(0, 3).mapToObj(cluster::server).toList();
    await().atMost(BOUND).until(() -> servers.stream().anyMatch(JetStreamOutagesTest::leads));
    NatsServer left = servers.stream().filter(each -> !leads(each)).findFirst().orElseThrow();
    NatsFleetBus bus = bus(left);
    awaitReady(bus);
    Connection connection =
        closing(
            Nats.connect(new Options.Builder().server(left.url()).reportNoResponders().build()));
    assertThat(JetStreamFault.check(connection)).isEmpty();

    servers.stream().filter(each -> !each.equals(left)).forEach(NatsServer::kill);
    long epoch = bus.status().leadership() instanceof Leadership.Leading held ? held.epoch() : 0;
    bus.observeEpoch(epoch + 1); // triggers the check, which otherwise runs every ten seconds
    awaitProblem(bus, "no leader or no quorum", "start the servers of the cluster");
    assertThat(bus.status().problem()).doesNotContain("-js");
    assertThat(JetStreamFault.check(connection).orElseThrow().text())
        .contains("no leader or no quorum")
        .doesNotContain("-js");
  }

  private static boolean leads(NatsServer server) {
    return server.log().contains("Self is new JetStream cluster metadata leader");
  }
}
