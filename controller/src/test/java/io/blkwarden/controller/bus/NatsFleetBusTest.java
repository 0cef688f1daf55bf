package io.blkwarden.controller.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static reactor.core.publisher.Sinks.EmitFailureHandler.FAIL_FAST;

import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.nats.Assets;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.Records;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.controller.testing.Recording;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

final class NatsFleetBusTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final HostId HOST = new HostId("dom0-7.example.com");
  private static final Subjects SUBJECTS = Subjects.DEFAULT;

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

  private NatsFleetBus bus(
      NatsServer server, String instance, Recording inbox, ControllerCounters counts) {
    NatsFleetBus bus =
        closing(
            new NatsFleetBus(
                new NatsSettings(server.url(), null, null, SUBJECTS, instance),
                instance + "-run",
                counts,
                Clock.systemUTC(),
                () -> true));
    inbox.of(bus);
    bus.start();
    return bus;
  }

  private static void awaitLeading(NatsFleetBus bus) {
    await().atMost(BOUND).until(() -> bus.status().leadership() instanceof Leadership.Leading);
  }

  private static long epoch(NatsFleetBus bus) {
    return bus.status().leadership() instanceof Leadership.Leading held ? held.epoch() : -1;
  }

  @Test
  void createsStreamsAndBucketsAndLeads() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Recording inbox = new Recording();
    NatsFleetBus bus = bus(server, "c1", inbox, new ControllerCounters());
    awaitLeading(bus);

    Connection other = closing(Nats.connect(server.url()));
    for (String name :
        List.of(
            "BLKWARDEN_AUDIT",
            "BLKWARDEN_ALERTS",
            "BLKWARDEN_DECISIONS",
            "KV_blkwarden-mapping",
            "KV_blkwarden-spec",
            "KV_blkwarden-claim")) {
      StreamInfo info = other.jetStreamManagement().getStreamInfo(name);
      assertThat(info.getConfiguration().getStorageType()).isEqualTo(StorageType.File);
      assertThat(info.getConfiguration().getMaxBytes()).isPositive();
    }
    assertThat(bus.status().problem()).isEmpty();
    assertThat(bus.status().connected()).isTrue();
    assertThat(epoch(bus)).isGreaterThanOrEqualTo(Instant.now().getEpochSecond() - 60);
    await().atMost(BOUND).untilAsserted(() -> assertThat(inbox.leaderships).hasSize(1));
  }

  @Test
  void addsItsSubjectToAStreamOfAnotherPrefix() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Connection other = closing(Nats.connect(server.url()));
    Assets.ensure(other, new Subjects("elsewhere.v1"), server);
    awaitLeading(bus(server, "c1", new Recording(), new ControllerCounters()));

    assertThat(
            other
                .jetStreamManagement()
                .getStreamInfo("BLKWARDEN_AUDIT")
                .getConfiguration()
                .getSubjects())
        .containsExactly("elsewhere.v1.outcome.*", "blkwarden.v1.outcome.*");
  }

  @Test
  void standbyTakesOverAtOnceFromAStoppedLeader() {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus one = bus(server, "c1", new Recording(), new ControllerCounters());
    awaitLeading(one);
    long before = epoch(one);

    Recording second = new Recording();
    NatsFleetBus two = bus(server, "c2", second, new ControllerCounters());
    await()
        .atMost(BOUND)
        .until(() -> two.status().leadership().equals(new Leadership.Following("c1", before)));
    assertThat(epoch(one)).isEqualTo(before);

    one.close();
    awaitLeading(two);
    assertThat(epoch(two)).isGreaterThan(before);
    await()
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(second.leaderships)
                .containsExactly(
                    new Leadership.Following("c1", before), new Leadership.Leading(epoch(two))));
  }

  @Test
  void leadsWithAHigherEpochAfterTheServerLostItsState() {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new ControllerCounters());
    awaitLeading(bus);
    long before = epoch(bus);

    server.kill();
    server.wipe();
    server.run();

    await().atMost(BOUND).until(() -> epoch(bus) > before);
  }

  @Test
  void takesAnEpochAboveThatOfAnAgent() {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new ControllerCounters());
    awaitLeading(bus);
    long seen = epoch(bus) + 1_000;

    bus.observeEpoch(Long.MAX_VALUE); // an epoch far ahead is ignored
    bus.observeEpoch(1L << 40);
    bus.observeEpoch(Instant.now().getEpochSecond() + 90_000);
    bus.observeEpoch(seen);

    await().atMost(BOUND).until(() -> epoch(bus) == seen + 1);
  }

  @Test
  void receivesAllMessagesAndReadsStoredMappings() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Connection agent = closing(Nats.connect(server.url()));
    Assets.ensure(agent, SUBJECTS, server);
    agent.keyValue("blkwarden-mapping").put("dom0-1", "kept".getBytes(UTF_8));
    Recording inbox = new Recording();
    awaitLeading(bus(server, "c1", inbox, new ControllerCounters()));

    agent.publish(SUBJECTS.sample(HOST), "s".getBytes(UTF_8));
    agent.publish(SUBJECTS.mapping(HOST, "snapshot"), "m".getBytes(UTF_8));
    agent.publish(SUBJECTS.heartbeat(HOST), "h".getBytes(UTF_8));
    agent.publish(SUBJECTS.outcome(HOST), "o".getBytes(UTF_8));
    agent.publish(SUBJECTS.operator("throttle"), "_INBOX.x", "q".getBytes(UTF_8));

    await()
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(inbox.seen)
                .containsExactlyInAnyOrder(
                    "stored kept",
                    "sample " + SUBJECTS.sample(HOST) + " s",
                    "report " + SUBJECTS.mapping(HOST, "snapshot") + " m",
                    "report " + SUBJECTS.heartbeat(HOST) + " h",
                    "outcome " + SUBJECTS.outcome(HOST) + " o",
                    "request " + SUBJECTS.operator("throttle") + " q"));
  }

  @Test
  void commandIsAnsweredOrFailsSoon() throws Exception {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new ControllerCounters());
    awaitLeading(bus);
    Connection agent = closing(Nats.connect(server.url()));

    StepVerifier.create(ask(bus))
        .expectErrorMessage("no agent is subscribed to its commands")
        .verify(BOUND);

    agent
        .createDispatcher(m -> agent.publish(m.getReplyTo(), m.getData()))
        .subscribe(SUBJECTS.command(HOST));
    agent.flush(Duration.ofSeconds(5));
    StepVerifier.create(ask(bus))
        .assertNext(reply -> assertThat(reply).isEqualTo("do".getBytes(UTF_8)))
        .expectComplete()
        .verify(BOUND);

    server.kill();
    StepVerifier.create(ask(bus)).expectError().verify(BOUND);
  }

  private static Mono<byte[]> ask(NatsFleetBus bus) {
    return bus.sendCommand(HOST, "do".getBytes(UTF_8), Duration.ofSeconds(10));
  }

  @Test
  void alertsAreStoredOnceAndInOrderAfterAServerFailure() throws Exception {
    NatsServer server = closing(NatsServer.start());
    ControllerCounters counts = new ControllerCounters();
    NatsFleetBus bus = bus(server, "c1", new Recording(), counts);
    awaitLeading(bus);
    int alerts = 300;

    Sinks.Many<Alert> published = Sinks.many().unicast().onBackpressureBuffer();
    var done = bus.publishAlerts(published.asFlux()).toFuture();
    for (int i = 0; i < alerts; i++) {
      if (i == 100) {
        server.kill();
      }
      published.emitNext(Messages.alert(i, Alert.State.FIRING), FAIL_FAST);
      published.emitNext(Messages.alert(i, Alert.State.RESOLVED), FAIL_FAST);
    }
    published.emitComplete(FAIL_FAST);
    server.run();

    done.get(60, TimeUnit.SECONDS);
    List<Alert> stored = stored(server);
    assertThat(stored).hasSize(2 * alerts);
    for (int i = 0; i < alerts; i++) {
      var id = Messages.id(i);
      assertThat(stored.stream().filter(a -> a.id().equals(id)).map(Alert::state))
          .containsExactly(Alert.State.FIRING, Alert.State.RESOLVED);
    }
    assertThat(counts.alerts.lost().sum()).isZero();
  }

  @Test
  void decisionsAreStoredOnceAfterAServerFailure() throws Exception {
    NatsServer server = closing(NatsServer.start());
    ControllerCounters counts = new ControllerCounters();
    NatsFleetBus bus = bus(server, "c1", new Recording(), counts);
    awaitLeading(bus);
    int decisions = 600;

    Sinks.Many<DecisionNote> published = Sinks.many().unicast().onBackpressureBuffer();
    var done = bus.publishDecisions(published.asFlux()).toFuture();
    for (int i = 0; i < decisions; i++) {
      if (i == 300) {
        server.kill();
      }
      published.emitNext(Messages.decision(i), FAIL_FAST);
    }
    published.emitComplete(FAIL_FAST);
    server.run();

    done.get(60, TimeUnit.SECONDS);
    Connection other = closing(Nats.connect(server.url()));
    var stored = other.jetStream().subscribe("blkwarden.v1.decision.dom0-7");
    List<DecisionNote> notes = new ArrayList<>();
    for (int i = 0; i < decisions; i++) {
      if (ControlJson.decode(DecisionNote.class, stored.nextMessage(BOUND).getData())
          instanceof Decoded.Ok<DecisionNote>(DecisionNote note)) {
        notes.add(note);
      }
    }
    for (int i = 0; i < decisions; i++) {
      int place = notes.indexOf(Messages.decision(i));
      assertThat(place).as("decision %d", i).isBetween(0, i + StreamPublisher.IN_FLIGHT_MAX - 1);
    }
    var stream = other.jetStreamManagement().getStreamInfo("BLKWARDEN_DECISIONS");
    assertThat(stream.getStreamState().getMsgCount()).isEqualTo(decisions);
    assertThat(stream.getConfiguration().getMaxBytes()).isEqualTo(256 << 20);
    assertThat(counts.decisions.lost().sum()).isZero();
    assertThat(counts.decisions.published().sum()).isEqualTo(decisions);
  }

  private static List<Alert> stored(NatsServer server) throws Exception {
    List<Alert> stored = new ArrayList<>();
    try (RecordServer desk =
        new RecordServer(
            new NatsSettings(server.url(), null, null, SUBJECTS, "c1"),
            new ControllerCounters(),
            Clock.systemUTC())) {
      Records.each(
          desk,
          RecordKind.ALERT,
          ReplayRequest.since(null),
          () -> false,
          each -> {
            if (ControlJson.decode(Alert.class, each.bytes()) instanceof Decoded.Ok<Alert> ok) {
              stored.add(ok.value());
            }
          });
    }
    return stored;
  }

  @Test
  void startsWithoutAServerAndReportsIt() {
    NatsServer server = closing(NatsServer.stopped());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new ControllerCounters());
    await()
        .atMost(BOUND)
        .until(() -> bus.status().problem().startsWith("cannot reach NATS at " + server.url()));
    assertThat(bus.status().connected()).isFalse();

    server.run();

    awaitLeading(bus);
  }

  @Test
  void reconnectsAfterAServerRefusedItTwice() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Recording seen = new Recording();
    NatsFleetBus bus = bus(server, "c1", seen, new ControllerCounters());
    awaitLeading(bus);

    server.kill();
    server.run("--user", "someone", "--pass", "else");
    await().atMost(BOUND).until(() -> bus.status().problem().contains("requires credentials"));
    server.kill();
    server.run();

    await().atMost(BOUND).until(() -> bus.status().connected() && bus.status().problem().isEmpty());
    bus.publishAlerts(Flux.just(Messages.alert(1, Alert.State.FIRING))).block(BOUND);
    assertThat(bus.waitingAlerts()).isZero();
    Connection agent = closing(Nats.connect(server.url()));
    agent.publish(SUBJECTS.sample(HOST), "s".getBytes(UTF_8));
    await().atMost(BOUND).until(() -> seen.seen.contains("sample " + SUBJECTS.sample(HOST) + " s"));
  }

  @Test
  void emitsStoredMappingsOnDemandAndAgainAfterAReconnection() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Connection agent = closing(Nats.connect(server.url()));
    Assets.ensure(agent, SUBJECTS, server);
    for (int i = 0; i < 100; i++) {
      agent.keyValue("blkwarden-mapping").put("dom0-" + i, "map");
    }
    NatsFleetBus bus =
        closing(
            new NatsFleetBus(
                new NatsSettings(server.url(), null, null, SUBJECTS, "c1"),
                "c1-run",
                new ControllerCounters(),
                Clock.systemUTC(),
                () -> true));
    StepVerifier.create(bus.storedMappings().map(FleetBus.StoredMapping::key), 0)
        .then(bus::start)
        .thenRequest(3)
        .expectNext("dom0-0", "dom0-1", "dom0-2")
        .expectNoEvent(Duration.ofMillis(300))
        .thenRequest(Long.MAX_VALUE)
        .expectNextCount(97)
        .then(() -> {
          server.kill();
          server.run();
        })
        .expectNextCount(100)
        .thenCancel()
        .verify(BOUND);
    assertThat(
            bus.storedMapping(new HostId("dom0-7")).map(FleetBus.StoredMapping::key).block(BOUND))
        .isEqualTo("dom0-7");
    assertThat(bus.storedMapping(HOST).blockOptional(BOUND)).isEmpty();
    bus.deleteMapping(new HostId("dom0-7")).block(BOUND);
    assertThat(bus.storedMapping(new HostId("dom0-7")).blockOptional(BOUND)).isEmpty();
  }

  @Test
  void operatorsInputAndOpenAlertsPrecedeLeadership() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Recording first = new Recording();
    NatsFleetBus one = bus(server, "c1", first, new ControllerCounters());
    awaitLeading(one);
    await().atMost(BOUND).until(() -> !first.leaderships.isEmpty());
    Pause pause = new Pause("ana", "the storage moves", Messages.AT, null);
    one.storeOperatorInput(pause, true, List.of())
        .doOnSuccess(_ -> assertThat(first.inputs.getLast().pause()).contains(pause))
        .block(BOUND);
    one.publishAlerts(Flux.just(Messages.alert(1, Alert.State.FIRING))).block(BOUND);
    one.close();

    Recording second = new Recording();
    NatsFleetBus two = bus(server, "c2", second, new ControllerCounters());
    await()
        .atMost(BOUND)
        .until(() -> second.leaderships.contains(new Leadership.Leading(epoch(two))));
    assertThat(second.shared.getFirst()).isEqualTo("OperatorInputs");
    assertThat(second.inputs.getFirst().pause()).contains(pause);
    assertThat(second.shared.get(second.shared.indexOf("LeadershipChanged") - 1))
        .isEqualTo("OpenAlerts");
    assertThat(second.open).containsExactly(Messages.alert(1, Alert.State.FIRING));
  }

  @Test
  void createsSmallerStreamsOnAServerWithLittleStorage(@TempDir Path folder) throws Exception {
    Path config = Files.writeString(folder.resolve("nats.conf"), "jetstream { max_file: 200M }");
    NatsServer server = closing(NatsServer.stopped());
    server.run("-c", config.toString());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new ControllerCounters());
    awaitLeading(bus);

    bus.publishAlerts(Flux.just(Messages.alert(1, Alert.State.FIRING))).block(BOUND);
    Connection other = closing(Nats.connect(server.url()));
    long reserved = 0;
    for (String name : other.jetStreamManagement().getStreamNames()) {
      reserved += other.jetStreamManagement().getStreamInfo(name).getConfiguration().getMaxBytes();
    }
    assertThat(reserved).isBetween(8L << 20, 200L << 20);
  }

  @Test
  void acquiresADeletedLease() throws Exception {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus one = bus(server, "c1", new Recording(), new ControllerCounters());
    awaitLeading(one);
    one.close();
    Connection other = closing(Nats.connect(server.url()));
    other.keyValue("blkwarden-claim").delete("controller");

    awaitLeading(bus(server, "c2", new Recording(), new ControllerCounters()));
  }

  @Test
  void storesTwoStatesOfAnAlertInOneMillisecond() throws Exception {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new ControllerCounters());
    awaitLeading(bus);
    Alert word = Messages.alert(1, Alert.State.HANDLED);
    bus.publishAlerts(Flux.just(Messages.alert(1, Alert.State.FIRING), word, word)).block(BOUND);

    assertThat(stored(server)).hasSize(3);
  }

  @Test
  void reportsDisabledJetStream() {
    NatsServer server = closing(NatsServer.withoutJetStream());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new ControllerCounters());

    await()
        .atMost(BOUND)
        .until(() -> bus.status().problem().contains("start nats-server with -js"));
    assertThat(bus.status().leadership()).isEqualTo(new Leadership.Unknown());
  }
}
