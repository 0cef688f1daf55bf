package io.blkwarden.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.bus.TestMessages;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A host with more disks than fit into one message. */
final class LargeMapTest {
  private static final PhysicalDevice SDA =
      new PhysicalDevice("sda", new DeviceNumber(8, 0), "mq-deadline", Actuator.CLASS_ONLY, null);

  private static MappingSnapshot snapshot(int disks, long revision) {
    List<MappedDisk> mapped = IntStream.range(0, disks).mapToObj(LargeMapTest::disk).toList();
    List<Long> counters = SampleColumn.all().stream().map(_ -> 1_234_567_890L).toList();
    return new MappingSnapshot(
        TestMessages.origin(revision),
        mapped.stream().map(MappedDisk::domain).toList(),
        mapped,
        List.of(SDA),
        SampleColumn.base(
            revision, mapped.stream().map(_ -> counters).toList(), List.of(counters)));
  }

  private static MappedDisk disk(int n) {
    String name = "vm%d_swap".formatted(n);
    return new MappedDisk(
        new DomainRef(new UUID(9, n), n + 1, "vm" + n),
        new DiskRef("xvda2", 51714, BackendKind.VBD, "w"),
        new Volume(
            "/dev/vg/" + name,
            new DeviceNumber(253, n),
            "dm-" + n,
            "vg-" + name,
            "LVM-" + "x".repeat(64),
            VolumeRole.SWAP,
            null,
            null),
        List.of(SDA),
        MappingState.RESOLVED,
        null,
        List.of(
            new Worker(
                WorkerKind.BLKBACK,
                0,
                10_000 + n,
                982_213,
                (n + 1) + ".xvda2-0",
                null,
                Proof.FULL_NAME)),
        Map.of("plan", "small", "owner", "customer-" + n));
  }

  @Test
  void thousandDisksFitIntoOneMessage() {
    assertThat(ControlJson.encode(snapshot(1_000, 1)).length).isLessThan(ControlJson.MAX_BYTES);
  }

  @Test
  void tooLargeMapIsAFaultUntilOneIsPublished() throws Exception {
    NatsServer server = NatsServer.start();
    TestBus bus =
        TestBus.of(
            new NatsSettings(
                List.of(server.url()),
                Optional.empty(),
                Optional.empty(),
                TestMessages.HOST,
                Subjects.DEFAULT,
                Duration.ofMillis(100)),
            OutcomeJournal.NONE);
    try {
      bus.start(_ -> {});
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> bus.state().connected());
      assertThat(bus.pending.tooLarge(snapshot(1_000, 1))).isEmpty();
      assertThat(bus.pending.tooLarge(snapshot(3_000, 1)))
          .hasValueSatisfying(why -> assertThat(why).contains("bytes").contains("1048576"));
      bus.pending.mapping(snapshot(3_000, 1));
      bus.pending.mapping(TestMessages.started(2));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> bus.state().faults().containsKey("mapping-size"));
      bus.pending.mapping(TestMessages.started(3));
      bus.stop(Duration.ofSeconds(10)); // waits until all events are sent
      assertThat(bus.state().faults()).containsKey("mapping-size");
      assertThat(bus.state().drops()).containsEntry("mapping_too_large", 1L);
    } finally {
      server.close();
    }
  }
}
