package io.blkwarden.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Matching of disks by device class. */
final class MatchTest {
  private static final Match HDD = on(DeviceClass.HDD);
  private static final Match SSD = on(DeviceClass.SSD);

  private static Match on(DeviceClass device) {
    return new Match(
        List.of(), Glob.ANY, Glob.ANY, Glob.ANY, Glob.ANY, Glob.ANY, Map.of(), List.of(device));
  }

  /** Whether a match selects a disk on devices that are rotational or not. */
  private static boolean fits(Match match, @Nullable Boolean... turning) {
    TestHost host = new TestHost("dom0-1");
    host.addSwap(1);
    MappedDisk disk = host.disks.getFirst();
    List<PhysicalDevice> devices = new ArrayList<>();
    for (Boolean each : Arrays.asList(turning)) {
      int number = devices.size();
      devices.add(
          new PhysicalDevice(
              "sd" + number, new DeviceNumber(8, number), "none", Actuator.UNKNOWN, each));
    }
    return match.matches(
        new HostId("dom0-1"),
        new MappedDisk(
            disk.domain(),
            disk.disk(),
            disk.volume(),
            devices,
            disk.state(),
            disk.reason(),
            disk.workers(),
            Map.of()),
        DomainLabels.NONE);
  }

  @Test
  void diskMatchesTheClassOfAllItsDevices() {
    assertThat(fits(HDD, true)).isTrue();
    assertThat(fits(HDD, true, true)).isTrue();
    assertThat(fits(HDD, false)).isFalse();
    assertThat(fits(SSD, false)).isTrue();
    assertThat(fits(SSD, true)).isFalse();
  }

  @Test
  void mixedOrUnknownDevicesMatchNeither() {
    for (Match match : List.of(HDD, SSD)) {
      assertThat(fits(match, true, false)).isFalse();
      assertThat(fits(match, true, null)).isFalse();
      assertThat(fits(match, false, null)).isFalse();
      assertThat(fits(match)).isFalse();
    }
    assertThat(fits(Match.ANY, true, null)).isTrue();
  }
}
