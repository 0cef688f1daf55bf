package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.nats.Assets;
import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.controller.testing.Recording;
import io.blkwarden.controller.testing.TcpProxy;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.message.Silence;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;

/** Silences, acknowledgements and the pause when NATS loses its store, on a real server. */
final class LostInputsTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final long NO_ROOM = 64;
  private static final Pause PAUSE = new Pause("ana", "the storage moves", Messages.AT, null);
  private static final Ack ACK = new Ack(Messages.id(7), "ana", "seen", Messages.AT, null);
  private static final Silence SILENCE =
      new Silence(
          Messages.id(8),
          "ana",
          "known",
          Messages.AT,
          Messages.AT.plus(Duration.ofHours(1)),
          new Silence.Matcher("dom0-*", null, null, null, null),
          null);

  private final List<AutoCloseable> open = new ArrayList<>();
  private final NatsServer server = closing(NatsServer.start());
  private final Connection connection;
  private final List<Throwable> dropped = new CopyOnWriteArrayList<>();
  private final Recording first = new Recording();
  private final Recording second = new Recording();

  LostInputsTest() throws Exception {
    connection = closing(server.connect());
    Hooks.onErrorDropped(dropped::add);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    Hooks.resetOnErrorDropped();
  }

  private <T extends AutoCloseable> T closing(T resource) {
    open.add(resource);
    return resource;
  }

  private NatsFleetBus bus(String url, String instance, Recording seen) {
    NatsFleetBus bus =
        closing(
            new NatsFleetBus(
                new NatsSettings(url, null, null, Subjects.DEFAULT, instance),
                instance + "-run",
                new ControllerCounters(),
                Clock.systemUTC(),
                () -> true));
    seen.of(bus);
    bus.start();
    await().atMost(BOUND).until(() -> bus.status().ready() && !seen.inputs.isEmpty());
    return bus;
  }

  private static void store(NatsFleetBus bus, OperatorInput... inputs) {
    for (OperatorInput each : inputs) {
      bus.storeOperatorInput(each, true, List.of()).block(BOUND);
    }
  }

  private static boolean complete(OperatorState operatorState) {
    return operatorState.pause().equals(Optional.of(PAUSE))
        && operatorState.ack(ACK.about()).isPresent()
        && operatorState.silence(SILENCE.id()).isPresent();
  }

  private static void awaitComplete(Recording seen) {
    await().atMost(BOUND).until(() -> complete(seen.inputs.getLast()));
  }

  private byte @Nullable [] stored(String key) throws IOException {
    KvEvent.Entry entry = Assets.bucket(connection, JetStreamAssets.SILENCES).get(key);
    return entry == null ? null : entry.value();
  }

  private void awaitStored() {
    await("restored")
        .atMost(BOUND)
        .ignoreExceptions()
        .untilAsserted(() -> {
          assertThat(stored("pause")).isEqualTo(ControlJson.encode(PAUSE));
          assertThat(stored("ack." + ACK.about().value())).isEqualTo(ControlJson.encode(ACK));
          assertThat(stored("silence." + SILENCE.id().value()))
              .isEqualTo(ControlJson.encode(SILENCE));
        });
  }

  /** Checks that later changes are received, which requires a live watch. */
  private static void awaitResumed(NatsFleetBus bus, Recording... all) {
    bus.storeOperatorInput(PAUSE, false, List.of()).block(BOUND);
    for (Recording each : all) {
      await().atMost(BOUND).until(() -> each.inputs.getLast().pause().isEmpty());
    }
  }

  private static void assertNeverWithout(Recording seen, int from) {
    assertThat(seen.inputs.subList(from, seen.inputs.size())).allMatch(LostInputsTest::complete);
  }

  @Test
  void restoresOnlyEntriesWithoutHistory() throws Exception {
    Assets.ensure(connection, Subjects.DEFAULT, server);
    Bucket bucket = Assets.bucket(connection, JetStreamAssets.SILENCES);
    byte[] pause = ControlJson.encode(PAUSE);
    assertThat(bucket.restore("pause", pause)).isTrue();
    assertThat(bucket.restore("pause", pause)).as("another one did").isFalse();
    bucket.delete("pause");
    assertThat(bucket.restore("pause", pause)).as("an operator resumed").isFalse();
    assertThat(stored("pause")).isNull();
  }

  @Test
  void restoresInputsAfterAllStreamsAreDeleted() throws Exception {
    NatsFleetBus bus = bus(server.url(), "c1", first);
    bus(server.url(), "c2", second);
    store(bus, ACK, SILENCE, PAUSE);
    awaitComplete(second);
    int before = first.inputs.size();
    int beforeOfSecond = second.inputs.size();

    for (String stream : connection.jetStreamManagement().getStreamNames()) {
      connection.jetStreamManagement().deleteStream(stream);
    }

    awaitStored();
    await("both read the new bucket")
        .atMost(BOUND)
        .until(() -> first.inputs.size() > before && second.inputs.size() > beforeOfSecond);
    assertNeverWithout(first, before);
    assertNeverWithout(second, beforeOfSecond);
    awaitResumed(bus, first, second);
    assertThat(stored("pause")).isNull();
  }

  @Test
  void restoresInputsOnAServerWithAnEmptyStore() throws Exception {
    NatsFleetBus bus = bus(server.url(), "c1", first);
    store(bus, ACK, SILENCE, PAUSE);
    int before = first.inputs.size();

    server.kill();
    server.wipe();
    server.run();

    awaitStored();
    await().atMost(BOUND).until(() -> first.inputs.size() > before);
    assertNeverWithout(first, before);
    awaitResumed(bus, first);
  }

  @Test
  void retriesRestoringAndPublishesNoPartialInput() throws Exception {
    NatsFleetBus bus = bus(server.url(), "c1", first);
    store(bus, ACK, SILENCE, PAUSE);
    int before = first.inputs.size();

    String stream = "KV_" + JetStreamAssets.SILENCES;
    JetStreamManagement streams = connection.jetStreamManagement();
    StreamConfiguration whole = streams.getStreamInfo(stream).getConfiguration();
    streams.deleteStream(stream);
    streams.addStream(StreamConfiguration.builder(whole).maxBytes(NO_ROOM).build());
    await("found, although another controller created it")
        .atMost(BOUND)
        .until(() -> !bus.status().problem().isEmpty());
    assertThat(first.inputs).hasSize(before);

    assertThat(dropped).isEmpty();

    streams.updateStream(whole);
    awaitStored();
    await().atMost(BOUND).until(() -> first.inputs.size() > before);
    assertNeverWithout(first, before);
    awaitResumed(bus, first);
  }

  @Test
  void doesNotRestoreInputsDeletedWhileAway() throws Exception {
    TcpProxy network = closing(new TcpProxy(server));
    NatsFleetBus bus = bus(server.url(), "c1", first);
    bus(network.url(), "c2", second);
    store(bus, ACK, SILENCE, PAUSE);
    awaitComplete(second);

    network.cut();
    awaitResumed(bus, first);
    server.kill(); // with its store, so that the second reconnects and reads the whole bucket
    server.run();
    network.heal();

    await().atMost(BOUND).until(() -> second.inputs.getLast().pause().isEmpty());
    assertThat(stored("pause")).isNull();
    assertThat(second.inputs.getLast().ack(ACK.about())).isPresent();
  }
}
