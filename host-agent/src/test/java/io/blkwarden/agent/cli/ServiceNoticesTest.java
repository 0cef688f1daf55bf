package io.blkwarden.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.app.AgentSnapshot;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.Heartbeat.ProbeHealth;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ServiceNoticesTest {
  private static AgentSnapshot reading(
      int resolved, int unresolved, boolean connected, ProbeHealth... probes) {
    UUID id = new UUID(1, 2);
    Heartbeat beat =
        new Heartbeat(
            new HostId("dom0-7"),
            id,
            id,
            Instant.EPOCH,
            "test",
            0,
            1,
            0,
            true,
            "6.1",
            1_000,
            List.of(),
            List.of(probes),
            List.of(),
            Map.of(),
            null,
            null,
            List.of());
    return new AgentSnapshot(beat, connected, resolved, unresolved, List.of());
  }

  @Test
  void reportsTheStatus() {
    assertThat(ServiceNotices.status(reading(4, 0, true, new ProbeHealth("scan", true, null))))
        .isEqualTo("4 disks, all proven; 0 throttled; connected to NATS");
    assertThat(ServiceNotices.status(reading(0, 1, false)))
        .isEqualTo("1 disk, 1 not proven; 0 throttled; not connected to NATS");
  }

  @Test
  void reportsAnIncompleteScan() {
    ProbeHealth scan = new ProbeHealth("scan", false, "xenstore: no connection");
    assertThat(ServiceNotices.status(reading(0, 0, true, scan)))
        .isEqualTo("no map yet: xenstore: no connection");
    assertThat(ServiceNotices.status(reading(2, 0, true, scan)))
        .startsWith("2 disks, all proven")
        .endsWith("; scan incomplete: xenstore: no connection");
  }
}
