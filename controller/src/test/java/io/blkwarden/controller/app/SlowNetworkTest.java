package io.blkwarden.controller.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.bus.NatsFleetBus;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.AlertTap;
import io.blkwarden.controller.testing.ControllerProcesses;
import io.blkwarden.controller.testing.Fleet;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.controller.testing.Recording;
import io.blkwarden.controller.testing.TcpProxy;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.KeyValue;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Controllers with a high round-trip time to NATS. */
final class SlowNetworkTest {
  private static final int HOSTS = 600;
  private static final int MESSAGES = 10_000;
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final NatsServer server = NatsServer.start();
  private final Connection connection;

  SlowNetworkTest() throws Exception {
    connection = server.connect();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void storeMaps() throws Exception {
    KeyValue maps = connection.keyValue("blkwarden-mapping");
    for (int i = 0; i < HOSTS; i++) {
      HostId host = new HostId("dom0-" + i);
      maps.put(HostToken.key(host), ControlJson.encode(Fleet.snapshot(host, 1, "vm176")));
    }
  }

  @Test
  void formerLeaderDetectsTheNewLeaderBeforeReadingMappings(@TempDir Path folder) throws Exception {
    try (ControllerProcesses controllers = new ControllerProcesses(folder, server);
        TcpProxy network = new TcpProxy(server, Duration.ofMillis(200))) {
      controllers.start("c1", network.url());
      controllers.awaitLeads("c1");
      storeMaps();
      controllers.start("c2");
      controllers.awaitFollows("c2", "c1");

      network.cut();
      controllers.awaitLeads("c2");
      network.heal();
      await("c1 detects the new leader")
          .atMost(Duration.ofSeconds(12))
          .until(() -> controllers.follows("c1", "c2"));
    }
  }

  private static NatsFleetBus bus(String url) {
    NatsFleetBus bus =
        new NatsFleetBus(
            new NatsSettings(url, null, null, Subjects.DEFAULT, "c1"),
            "c1-run",
            new ControllerCounters(),
            Clock.systemUTC(),
            () -> true);
    Recording leads = new Recording();
    leads.of(bus);
    bus.start();
    await().atMost(BOUND).until(() -> leads.leaderships.contains(bus.status().leadership()));
    await().atMost(BOUND).until(() -> bus.status().leadership() instanceof Leadership.Leading);
    return bus;
  }

  @Test
  void storesTenThousandAlertsAndDecisionsWithinAMinute() throws Exception {
    try (TcpProxy network = new TcpProxy(server, Duration.ofMillis(40));
        NatsFleetBus bus = bus(network.url());
        AlertTap tap = new AlertTap(server)) {
      Mono.when(
              bus.publishAlerts(
                  Flux.range(0, MESSAGES).map(i -> Messages.alert(i, Alert.State.FIRING))),
              bus.publishDecisions(Flux.range(0, MESSAGES).map(Messages::decision)))
          .block(BOUND);

      await().atMost(BOUND).until(() -> tap.alerts().size() >= MESSAGES);
      assertThat(tap.alerts())
          .extracting(Alert::id)
          .containsExactlyElementsOf(IntStream.range(0, MESSAGES).mapToObj(Messages::id).toList());
      assertThat(
              connection
                  .jetStreamManagement()
                  .getStreamInfo("BLKWARDEN_DECISIONS")
                  .getStreamState()
                  .getMsgCount())
          .isEqualTo(MESSAGES);
    }
  }
}
