package io.blkwarden.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.mapping.HostMapping;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.simulation.host.HostSpec;
import io.blkwarden.simulation.host.SimulatedHost;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class LiveMappingTest {
  private static final MappingOrigin ORIGIN =
      new MappingOrigin(new HostId("dom0-0"), new UUID(1, 2), new UUID(1, 2), 9, Instant.EPOCH);

  private long nowMillis = 100_000;
  private final SimulatedHost host =
      new SimulatedHost(HostSpec.ofFleet("dom0-", 0), () -> nowMillis);
  private final LiveMapping live =
      new LiveMapping(
          new HostScanner(host, host, host)::scan, Tracing.none("not here"), RolePatterns.DEFAULTS);

  private HostMapping settled() {
    assertThat(live.rescan()).as("no changes for the first map").isEmpty();
    nowMillis += 30_000;
    assertThat(live.rescan()).isEmpty();
    assertThat(live.mapping().disks())
        .isNotEmpty()
        .allMatch(disk -> disk.state() == MappingState.RESOLVED);
    return live.mapping();
  }

  @Test
  void unchangedHostKeepsItsMap() {
    HostMapping map = settled();
    nowMillis += 30_000;
    assertThat(live.rescan()).isEmpty();
    assertThat(live.mapping()).isSameAs(map);
    assertThat(live.complete()).isTrue();
  }

  @Test
  void priorityChangeUpdatesTheMap() {
    MappedDisk disk = settled().disks().getFirst();
    int pid = disk.workers().getFirst().pid();
    assertThat(host.set(pid, IoPriority.IDLE)).isEmpty();
    nowMillis += 30_000;
    assertThat(live.rescan()).as("no change").isEmpty();
    assertThat(live.mapping().disks().getFirst().workers().getFirst().priority())
        .isEqualTo(IoPriority.IDLE);
  }

  @Test
  void restartedGuestIsProvenAgain() {
    settled();
    String guest = host.guests().getFirst();
    host.stopGuest(guest);
    nowMillis += 30_000;
    assertThat(live.rescan().stream().map(each -> each.event(ORIGIN)))
        .hasAtLeastOneElementOfType(MappingEvent.DomainStopped.class);
    live.rescan();
    host.startGuest(guest);
    nowMillis += 30_000;
    assertThat(live.rescan().stream().map(each -> each.event(ORIGIN)))
        .hasAtLeastOneElementOfType(MappingEvent.DomainStarted.class);
    assertThat(live.mapping().disks())
        .filteredOn(disk -> disk.domain().name().equals(guest))
        .isNotEmpty()
        .allSatisfy(disk -> {
          assertThat(disk.state()).isEqualTo(MappingState.RESOLVED);
          assertThat(disk.workers())
              .allMatch(worker ->
                  host.trueWorkers().stream()
                      .anyMatch(right ->
                          right.pid() == worker.pid()
                              && right.vdev().equals(disk.disk().vdev())
                              && right.domain().equals(disk.domain().uuid())));
        });
  }
}
