package io.blkwarden.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.mapping.HostMapping;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingOrigin;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Log lines of changes never contain {@code null}. */
final class MappingChangeTextTest {
  private static final DomainRef DOMAIN = new DomainRef(new UUID(1, 2), 5, "wiki");
  private static final MappingOrigin ORIGIN =
      new MappingOrigin(new HostId("dom0-7"), new UUID(1, 2), new UUID(1, 2), 9, Instant.EPOCH);

  private static MappedDisk disk(@Nullable String path) {
    return new MappedDisk(
        DOMAIN,
        new DiskRef("xvda", 51712, BackendKind.QDISK, "w"),
        new Volume(path, null, null, null, null, VolumeRole.DATA, null, null),
        List.of(),
        MappingState.UNRESOLVED,
        UnresolvedReason.UNSUPPORTED_BACKEND,
        List.of(),
        Map.of());
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "rbd:vms/wiki")
  void diskWithoutDeviceDoesNotPrintNull(@Nullable String path) {
    MappedDisk disk = disk(path);
    Volume volume = disk.volume();
    for (MappingEvent change :
        List.of(
            new MappingEvent.DiskAttached(ORIGIN, disk),
            new MappingEvent.DiskDetached(ORIGIN, disk),
            new MappingEvent.WorkersChanged(ORIGIN, disk),
            new MappingEvent.DiskChanged(
                ORIGIN,
                disk,
                List.of("domain", "mode", "volume", "role", "devices", "scheduler", "labels")),
            new MappingEvent.DeviceAdded(ORIGIN, volume),
            new MappingEvent.DeviceRemoved(ORIGIN, volume))) {
      assertThat(MappingChangeText.of(change)).doesNotContain("null");
    }
    HostMapping first = new HostMapping(List.of(DOMAIN), List.of(disk), List.of(), List.of());
    assertThat(String.join("\n", MappingChangeText.ofFirst(first))).doesNotContain("null");
  }

  @Test
  void renameIsLoggedAsChange() {
    assertThat(
            MappingChangeText.of(
                new MappingEvent.DiskChanged(ORIGIN, disk("rbd:vms/wiki"), List.of("volume"))))
        .isEqualTo("disk changed (volume): wiki xvda on rbd:vms/wiki: volume rbd:vms/wiki");
  }
}
