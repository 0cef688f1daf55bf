package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.snapshot.DeviceSnapshot;
import io.blkwarden.controller.snapshot.DiskSnapshot;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.controller.snapshot.HostSnapshot;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class FleetSnapshotTest {
  private final EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);

  private TestHost host(String name, int disks) {
    TestHost host = new TestHost(name);
    for (int number = 0; number < disks; number++) {
      host.addSwap(number);
    }
    rig.begin(host);
    return host;
  }

  private FleetSnapshot snapshot(int busiest) {
    return rig.step.snapshot(FleetSnapshot.Parts.busiest(busiest));
  }

  private static long hosts(FleetSnapshot snapshot, HostSnapshot.State state) {
    return snapshot.hosts().stream().filter(each -> each.state() == state).count();
  }

  private static List<String> names(FleetSnapshot reading) {
    return reading.busiest().stream()
        .map(each -> each.host() + " " + each.disk().domain().name())
        .toList();
  }

  @Test
  void busiestDisksComeFirstWithoutIdleOnes() {
    TestHost busy = host("dom0-1", 4);
    TestHost calm = host("dom0-2", 1);
    busy.reads(0, 10, 5, 300, 1);
    busy.reads(2, 90, 5, 400, 1);
    calm.reads(0, 1, 1, 1, 0); // all of its device's time, which is next to nothing
    rig.pass(1_000, busy, calm);
    rig.sample(busy);
    rig.sample(calm);

    FleetSnapshot reading = snapshot(20);
    String third = busy.snapshot().disks().get(2).domain().name();
    String first = busy.snapshot().disks().get(0).domain().name();
    String other = calm.snapshot().disks().get(0).domain().name();
    assertThat(names(reading))
        .containsExactly("dom0-1 " + third, "dom0-1 " + first, "dom0-2 " + other);
    DiskSnapshot top = reading.busiest().getFirst().disk();
    assertThat(top.share()).isBetween(0.89, 0.91);
    assertThat(top.readIops()).isEqualTo(90);
    assertThat(names(snapshot(1))).containsExactly("dom0-1 " + third);
    assertThat(names(snapshot(0))).isEmpty();
    assertThat(snapshot(Integer.MAX_VALUE).busiest()).hasSize(5);
    assertThat(reading.hosts()).extracting(HostSnapshot::disks).containsExactlyInAnyOrder(4, 1);
  }

  @Test
  void numbersOfHostsThatDoNotReportAreUnknown() {
    TestHost host = host("dom0-1", 1);
    host.reads(0, 100, 5, 300, 1);
    rig.pass(1_000, host);
    rig.sample(host);
    TestHost mapped = new TestHost("dom0-9");
    mapped.addSwap(1);
    rig.map(mapped);
    assertThat(hosts(snapshot(20), HostSnapshot.State.LIVE)).isEqualTo(1);
    assertThat(hosts(snapshot(20), HostSnapshot.State.UNHEARD)).isEqualTo(1);

    for (int second = 0; second < 60; second++) {
      rig.pass(1_000, host);
      rig.tick(); // and no batch
    }

    FleetSnapshot reading = snapshot(20);
    assertThat(hosts(reading, HostSnapshot.State.LIVE)).isZero();
    assertThat(hosts(reading, HostSnapshot.State.SILENT)).isEqualTo(1);
    assertThat(reading.busiest()).isEmpty();
    assertThat(reading.hosts())
        .extracting(each -> each.highest(DeviceSnapshot::util))
        .containsOnlyNulls();
  }

  @Test
  void throttlesInForceHaveTheirStart() {
    TestHost host = host("dom0-1", 1);
    assertThat(snapshot(20).breaches()).containsEntry("swap-storm", 0);
    List<Effect> effects = rig.seconds(6, host, () -> host.reads(0, 800, 1, 900, 4));
    assertThat(EngineRig.sends(effects)).isNotEmpty();
    assertThat(snapshot(20).throttlesInForce()).isZero(); // asked for only
    assertThat(snapshot(20).breaches()).containsEntry("swap-storm", 1);
    rig.outcome(EngineRig.sends(effects).getFirst(), Outcome.Result.APPLIED);
    rig.pass(2_000, host);
    rig.tick();

    FleetSnapshot reading = snapshot(20);
    assertThat(reading.throttlesInForce()).isEqualTo(1);
    assertThat(reading.throttles())
        .singleElement()
        .satisfies(held -> {
          assertThat(Duration.between(held.since(), reading.at())).hasSeconds(2);
          assertThat(held.vdev()).isEqualTo("xvda2");
        });
  }

  @Test
  void searchFindsNamesUpToItsLimit() {
    for (int number = 1; number <= 3; number++) {
      TestHost host = new TestHost("dom0-" + number);
      host.addSwap(10);
      host.addSwap(20 + number);
      rig.map(host);
    }
    assertThat(found("VM10", 10)).isEqualTo(3);
    assertThat(found("vm10", 2)).isEqualTo(2);
    assertThat(found("/dev/VG/vm22", 10)).isEqualTo(1);
    assertThat(found("XVDA2", 10)).isEqualTo(6);
    assertThat(found("vda", 10)).isZero();
    assertThat(rig.step.search("DOM0", 2).hosts()).hasSize(2);
    DomainRef domain =
        rig.step.search("vm23", 1).disks().values().iterator().next().getFirst().domain();
    assertThat(found(domain.uuid().toString().toUpperCase(Locale.ROOT), 10)).isEqualTo(1);
  }

  private int found(String text, int most) {
    return rig.step.search(text, most).disks().values().stream().mapToInt(List::size).sum();
  }
}
