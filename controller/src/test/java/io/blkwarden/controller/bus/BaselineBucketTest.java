package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.baseline.BaselineTable;
import io.blkwarden.controller.baseline.BaselineThreshold;
import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.baseline.DiskClass;
import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.Recording;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Baselines in a real bucket. */
final class BaselineBucketTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final DiskClass CLASS =
      new DiskClass(Metric.READ_BYTES, 60_000, VolumeRole.ROOT, DeviceClass.HDD, "größe 1.x");

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private static DiskBaseline spec() {
    BaselineTable baselines = new BaselineTable();
    for (int disk = 0; disk < 40; disk++) {
      baselines.add(CLASS, 1e6 * disk, 1);
    }
    baselines.endRound(60_000, 1);
    return baselines.all(Instant.parse("2026-11-22T18:00:00Z")).getFirst();
  }

  private NatsFleetBus bus(NatsServer server, String name, Recording inbox) {
    NatsFleetBus bus =
        new NatsFleetBus(
            new NatsSettings(server.url(), null, null, Subjects.DEFAULT, name),
            name + "-run",
            new ControllerCounters(),
            Clock.systemUTC(),
            () -> true);
    open.add(bus);
    inbox.of(bus);
    bus.start();
    return bus;
  }

  @Test
  void nextControllerReadsStoredBaselines() throws Exception {
    NatsServer server = NatsServer.start();
    open.add(server);
    Connection other = Nats.connect(server.url());
    open.add(other);
    NatsFleetBus first = bus(server, "c1", new Recording());
    await().atMost(BOUND).until(() -> first.status().problem().isEmpty());
    first.storeBaseline(spec()).block(BOUND);
    await().atMost(BOUND).until(() -> other.keyValue("blkwarden-spec").keys().size() == 1);
    first.close();

    other.keyValue("blkwarden-spec").put("broken", "{}".getBytes(StandardCharsets.UTF_8));
    Recording inbox = new Recording();
    NatsFleetBus second = bus(server, "c2", inbox);
    await()
        .atMost(BOUND)
        .untilAsserted(() -> assertThat(inbox.seen).contains("baseline read_bytes_per_s of 40"));
    await().atMost(BOUND).until(() -> second.status().problem().isEmpty());
  }

  @Test
  void watchEmitsEachChange() throws Exception {
    NatsServer server = NatsServer.start();
    open.add(server);
    NatsFleetBus commands = bus(server, "c1", new Recording());
    await().atMost(BOUND).until(() -> commands.status().problem().isEmpty());
    Recording inbox = new Recording();
    NatsFleetBus watches = bus(server, "c2", inbox);
    await().atMost(BOUND).until(() -> watches.status().problem().isEmpty());

    commands.storeBaseline(spec()).block(BOUND);
    await()
        .atMost(BOUND)
        .untilAsserted(() -> assertThat(inbox.seen).contains("baseline read_bytes_per_s of 40"));
  }

  @Test
  void decodesWhatItEncodesAndReportsErrors() throws IOException {
    DiskBaseline baseline = spec();
    assertThat(BaselineBucket.decode(BaselineBucket.encode(baseline))).isEqualTo(baseline);
    assertThat(BaselineBucket.key(CLASS))
        .isEqualTo("read_bytes_per_s.60000.root.hdd.gr=C3=B6=C3=9Fe=201=2Ex");
    String before =
        new String(BaselineBucket.encode(baseline), StandardCharsets.UTF_8)
            .replace("\"device\":\"hdd\",", "");
    assertThat(BaselineBucket.decode(before.getBytes(StandardCharsets.UTF_8)).of().device())
        .isEqualTo(DeviceClass.UNKNOWN);
    BaselineTable next = new BaselineTable();
    next.load(baseline, false, 1);
    assertThat(next.threshold(CLASS, new BaselineThreshold(0, 50.0, 1, 10))).isBetween(18e6, 21e6);
    String odd =
        new String(BaselineBucket.encode(baseline), StandardCharsets.UTF_8)
            .replace("read_bytes_per_s", "nonsense");
    assertThatThrownBy(() -> BaselineBucket.decode(odd.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessage("metric: found 'nonsense'");
    String torn =
        new String(BaselineBucket.encode(baseline), StandardCharsets.UTF_8)
            .replace(baseline.sketch(), "AQID");
    assertThatThrownBy(() -> BaselineBucket.decode(torn.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> BaselineBucket.decode("[".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class);
  }
}
