package io.blkwarden.controller.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.testing.Messages;
import io.blkwarden.controller.testing.Recording;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.DecisionNote;
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
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
      NatsServer server, String instance, Recording inbox, BusCounters counts) {
    NatsFleetBus bus =
        closing(
            new NatsFleetBus(
                new BusSettings(server.url(), null, SUBJECTS, instance),
                instance + "-run",
                counts,
                Clock.systemUTC(),
                new SplittableRandom(5),
                () -> true));
    bus.start(inbox);
    return bus;
  }

  private static void awaitHeld(NatsFleetBus bus) {
    await().atMost(BOUND).until(() -> bus.state().claim() instanceof Claim.Held);
  }

  private static long epoch(NatsFleetBus bus) {
    return bus.state().claim() instanceof Claim.Held held ? held.epoch() : -1;
  }

  @Test
  void createsStreamsAndBucketsInFilesAndClaims() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Recording inbox = new Recording();
    NatsFleetBus bus = bus(server, "c1", inbox, new BusCounters());
    awaitHeld(bus);

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
    assertThat(bus.state().problem()).isEmpty();
    assertThat(bus.state().connected()).isTrue();
    assertThat(epoch(bus)).isGreaterThanOrEqualTo(Instant.now().getEpochSecond() - 60);
    await().atMost(BOUND).untilAsserted(() -> assertThat(inbox.claims).hasSize(1));
  }

  @Test
  void aStreamOfAnotherPrefixLearnsThisOne() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Connection other = closing(Nats.connect(server.url()));
    new JetStreamAssets(other, new Subjects("elsewhere.v1"), server.url()).ensure();
    awaitHeld(bus(server, "c1", new Recording(), new BusCounters()));

    assertThat(
            other
                .jetStreamManagement()
                .getStreamInfo("BLKWARDEN_AUDIT")
                .getConfiguration()
                .getSubjects())
        .containsExactly("elsewhere.v1.outcome.*", "blkwarden.v1.outcome.*");
  }

  @Test
  void theSecondWatchesAndTakesOverAtOnceFromOneThatStops() {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus one = bus(server, "c1", new Recording(), new BusCounters());
    awaitHeld(one);
    long before = epoch(one);

    Recording second = new Recording();
    NatsFleetBus two = bus(server, "c2", second, new BusCounters());
    await().atMost(BOUND).until(() -> two.state().claim().equals(new Claim.Lost("c1", before)));
    assertThat(epoch(one)).isEqualTo(before);

    one.close();
    awaitHeld(two);
    assertThat(epoch(two)).isGreaterThan(before);
    await()
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(second.claims)
                .containsExactly(new Claim.Lost("c1", before), new Claim.Held(epoch(two))));
  }

  @Test
  void aServerThatForgotEverythingIsClaimedHigher() {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new BusCounters());
    awaitHeld(bus);
    long before = epoch(bus);

    server.kill();
    server.wipe();
    server.run();

    await().atMost(BOUND).until(() -> epoch(bus) > before);
  }

  @Test
  void anEpochThatAnAgentSawIsOutbid() {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new BusCounters());
    awaitHeld(bus);
    long seen = epoch(bus) + 1_000;

    bus.noticeEpoch(Long.MAX_VALUE); // nobody's word is taken for that
    bus.noticeEpoch(1L << 40);
    bus.noticeEpoch(Instant.now().getEpochSecond() + 90_000);
    bus.noticeEpoch(seen);

    await().atMost(BOUND).until(() -> epoch(bus) == seen + 1);
  }

  @Test
  void everythingIsHeardAndStoredMappingsAreRead() throws Exception {
    NatsServer server = closing(NatsServer.start());
    Connection agent = closing(Nats.connect(server.url()));
    new JetStreamAssets(agent, SUBJECTS, server.url()).ensure();
    agent.keyValue("blkwarden-mapping").put("dom0-1", "kept".getBytes(UTF_8));
    Recording inbox = new Recording();
    awaitHeld(bus(server, "c1", inbox, new BusCounters()));

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
                    "stored  kept",
                    "sample " + SUBJECTS.sample(HOST) + " s",
                    "mapping " + SUBJECTS.mapping(HOST, "snapshot") + " m",
                    "heartbeat " + SUBJECTS.heartbeat(HOST) + " h",
                    "outcome " + SUBJECTS.outcome(HOST) + " o",
                    "operator " + SUBJECTS.operator("throttle") + " q"));
  }

  @Test
  void aRequestIsAnsweredOrFailsSoon() throws Exception {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new BusCounters());
    awaitHeld(bus);
    Connection agent = closing(Nats.connect(server.url()));

    assertThatThrownBy(() -> ask(bus).get(30, TimeUnit.SECONDS))
        .hasMessageContaining("no agent is subscribed to its commands");

    agent
        .createDispatcher(m -> agent.publish(m.getReplyTo(), m.getData()))
        .subscribe(SUBJECTS.command(HOST));
    agent.flush(Duration.ofSeconds(5));
    assertThat(ask(bus).get(30, TimeUnit.SECONDS)).isEqualTo("do".getBytes(UTF_8));

    server.kill();
    assertThatThrownBy(() -> ask(bus).get(30, TimeUnit.SECONDS)).isNotNull();
  }

  private static CompletableFuture<byte[]> ask(NatsFleetBus bus) {
    return bus.request(HOST, "do".getBytes(UTF_8), Duration.ofSeconds(10));
  }

  @Test
  void alertsSurviveADeadServerInOrderAndOnce() throws Exception {
    NatsServer server = closing(NatsServer.start());
    BusCounters counts = new BusCounters();
    NatsFleetBus bus = bus(server, "c1", new Recording(), counts);
    awaitHeld(bus);
    int alerts = 300;

    for (int i = 0; i < alerts; i++) {
      if (i == 100) {
        server.kill();
      }
      bus.publish(Messages.alert(i, Alert.State.FIRING));
      bus.publish(Messages.alert(i, Alert.State.RESOLVED));
    }
    server.run();

    assertThat(bus.flushAlerts(BOUND)).isTrue();
    List<Alert> stored = stored(server);
    assertThat(stored).hasSize(2 * alerts);
    for (int i = 0; i < alerts; i++) {
      var id = Messages.id(i);
      assertThat(stored.stream().filter(a -> a.id().equals(id)).map(Alert::state))
          .containsExactly(Alert.State.FIRING, Alert.State.RESOLVED);
    }
    assertThat(counts.alertsLost.sum()).isZero();
  }

  @Test
  void decisionsSurviveADeadServerInOrderAndOnce() throws Exception {
    NatsServer server = closing(NatsServer.start());
    BusCounters counts = new BusCounters();
    NatsFleetBus bus = bus(server, "c1", new Recording(), counts);
    awaitHeld(bus);
    int decisions = 600;

    for (int i = 0; i < decisions; i++) {
      if (i == 300) {
        server.kill();
      }
      bus.publish(Messages.decision(i));
    }
    server.run();

    assertThat(bus.flushDecisions(BOUND)).isTrue();
    Connection other = closing(Nats.connect(server.url()));
    var stored = other.jetStream().subscribe("blkwarden.v1.decision.dom0-7");
    for (int i = 0; i < decisions; i++) {
      byte[] json = stored.nextMessage(BOUND).getData();
      assertThat(ControlJson.decode(DecisionNote.class, json))
          .isEqualTo(new Decoded.Ok<>(Messages.decision(i)));
    }
    var stream = other.jetStreamManagement().getStreamInfo("BLKWARDEN_DECISIONS");
    assertThat(stream.getStreamState().getMsgCount()).isEqualTo(decisions);
    assertThat(stream.getConfiguration().getMaxBytes()).isEqualTo(256 << 20);
    assertThat(counts.decisionsLost.sum()).isZero();
    assertThat(counts.decisionsPublished.sum()).isEqualTo(decisions);
  }

  private static List<Alert> stored(NatsServer server) throws Exception {
    List<Alert> stored = new ArrayList<>();
    try (RecordDesk desk =
        new RecordDesk(
            new BusSettings(server.url(), null, SUBJECTS, "c1"),
            new BusCounters(),
            Clock.systemUTC(),
            new SplittableRandom(1))) {
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
  void startsWithoutAServerAndSaysSo() {
    NatsServer server = closing(NatsServer.stopped());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new BusCounters());
    await()
        .atMost(BOUND)
        .until(() -> bus.state().problem().startsWith("cannot reach NATS at " + server.url()));
    assertThat(bus.state().connected()).isFalse();

    server.run();

    awaitHeld(bus);
  }

  @Test
  void comesBackAfterAServerThatRefusedItForGood() {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new BusCounters());
    awaitHeld(bus);

    server.kill();
    server.run("--user", "someone", "--pass", "else");
    await().atMost(BOUND).until(() -> bus.state().problem().contains("wants credentials"));
    server.kill();
    server.run();

    await().atMost(BOUND).until(() -> bus.state().connected() && bus.state().problem().isEmpty());
    bus.publish(Messages.alert(1, Alert.State.FIRING));
    await().atMost(BOUND).until(() -> bus.waitingAlerts() == 0);
  }

  @Test
  void aServerWithLittleRoomGetsSmallerStreams(@TempDir Path folder) throws Exception {
    Path config = Files.writeString(folder.resolve("nats.conf"), "jetstream { max_file: 200M }");
    NatsServer server = closing(NatsServer.stopped());
    server.run("-c", config.toString());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new BusCounters());
    awaitHeld(bus);

    bus.publish(Messages.alert(1, Alert.State.FIRING));
    assertThat(bus.flushAlerts(BOUND)).isTrue();
    Connection other = closing(Nats.connect(server.url()));
    long reserved = 0;
    for (String name : other.jetStreamManagement().getStreamNames()) {
      reserved += other.jetStreamManagement().getStreamInfo(name).getConfiguration().getMaxBytes();
    }
    assertThat(reserved).isBetween(8L << 20, 200L << 20);
  }

  @Test
  void aClaimThatSomebodyDeletedIsTakenAgain() throws Exception {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus one = bus(server, "c1", new Recording(), new BusCounters());
    awaitHeld(one);
    one.close();
    Connection other = closing(Nats.connect(server.url()));
    other.keyValue("blkwarden-claim").delete("controller");

    awaitHeld(bus(server, "c2", new Recording(), new BusCounters()));
  }

  @Test
  void twoWordsOnOneAlertInOneMillisecondAreBothStored() throws Exception {
    NatsServer server = closing(NatsServer.start());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new BusCounters());
    awaitHeld(bus);
    Alert word = Messages.alert(1, Alert.State.HANDLED);
    bus.publish(Messages.alert(1, Alert.State.FIRING));
    bus.publish(word);
    assertThat(bus.flushAlerts(BOUND)).isTrue();
    bus.publish(word);
    assertThat(bus.flushAlerts(BOUND)).isTrue();

    assertThat(stored(server)).hasSize(3);
  }

  @Test
  void saysWhatToDoWhenJetStreamIsOff() {
    NatsServer server = closing(NatsServer.withoutJetStream());
    NatsFleetBus bus = bus(server, "c1", new Recording(), new BusCounters());

    await().atMost(BOUND).until(() -> bus.state().problem().contains("start nats-server with -js"));
    assertThat(bus.state().claim()).isEqualTo(new Claim.Unknown());
  }
}
