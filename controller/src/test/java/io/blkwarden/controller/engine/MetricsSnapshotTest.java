package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.engine.MetricsSnapshot.DiskReading;
import io.blkwarden.controller.engine.MetricsSnapshot.HostReading;
import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.message.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MetricsSnapshotTest {
  private final EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);

  private TestHost host(String name, int disks) {
    TestHost host = new TestHost(name);
    for (int number = 0; number < disks; number++) {
      host.addSwap(number);
    }
    rig.begin(host);
    return host;
  }

  private static List<String> names(MetricsSnapshot reading) {
    return reading.busiest().stream()
        .map(each -> each.host() + " " + each.disk().domain().name())
        .toList();
  }

  @Test
  void theDisksThatTakeMostOfTheirDevicesComeFirstAndIdleOnesNotAtAll() {
    TestHost busy = host("dom0-1", 4);
    TestHost calm = host("dom0-2", 1);
    busy.reads(0, 10, 5, 300, 1);
    busy.reads(2, 90, 5, 400, 1);
    calm.reads(0, 1, 1, 1, 0); // all of its device's time, which is next to nothing
    rig.pass(1_000, busy, calm);
    rig.sample(busy);
    rig.sample(calm);

    MetricsSnapshot reading = rig.step.reading(20);
    String third = busy.snapshot().disks().get(2).domain().name();
    String first = busy.snapshot().disks().get(0).domain().name();
    String other = calm.snapshot().disks().get(0).domain().name();
    assertThat(names(reading))
        .containsExactly("dom0-1 " + third, "dom0-1 " + first, "dom0-2 " + other);
    DiskReading top = reading.busiest().getFirst();
    assertThat(top.share()).isBetween(0.89, 0.91);
    assertThat(top.readIops()).isEqualTo(90);
    assertThat(names(rig.step.reading(1))).containsExactly("dom0-1 " + third);
    assertThat(names(rig.step.reading(0))).isEmpty();
    assertThat(rig.step.reading(Integer.MAX_VALUE).busiest()).hasSize(5);
    assertThat(reading.disks()).isEqualTo(5);
  }

  @Test
  void whatIsNotHeardIsUnknownAndStandsInFront() {
    TestHost host = host("dom0-1", 1);
    host.reads(0, 100, 5, 300, 1);
    rig.pass(1_000, host);
    rig.sample(host);
    TestHost mapped = new TestHost("dom0-9");
    mapped.addSwap(1);
    rig.map(mapped);
    assertThat(rig.step.reading(20).live()).isEqualTo(1);
    assertThat(rig.step.reading(20).unheard()).isEqualTo(1);
    assertThat(rig.step.reading(20).hosts().getFirst().live()).isFalse();

    for (int second = 0; second < 60; second++) {
      rig.pass(1_000, host);
      rig.tick(); // and no batch
    }

    MetricsSnapshot reading = rig.step.reading(20);
    assertThat(reading.live()).isZero();
    assertThat(reading.silent()).isEqualTo(1);
    assertThat(reading.busiest()).isEmpty();
    assertThat(reading.hosts()).extracting(HostReading::deviceUtil).containsOnly(Double.NaN);
  }

  @Test
  void whatIsHeldIsToldWithItsAge() {
    TestHost host = host("dom0-1", 1);
    assertThat(rig.step.reading(20).breaches()).containsEntry("swap-storm", 0);
    List<Effect> effects = rig.seconds(6, host, () -> host.reads(0, 800, 1, 900, 4));
    assertThat(EngineRig.sends(effects)).isNotEmpty();
    assertThat(rig.step.reading(20).throttles()).isZero(); // asked for only
    assertThat(rig.step.reading(20).breaches()).containsEntry("swap-storm", 1);
    rig.outcome(EngineRig.sends(effects).getFirst(), Outcome.Result.APPLIED);
    rig.pass(2_000, host);
    rig.tick();

    MetricsSnapshot reading = rig.step.reading(20);
    assertThat(reading.throttles()).isEqualTo(1);
    assertThat(reading.longest())
        .singleElement()
        .satisfies(held -> {
          assertThat(held.heldMillis()).isEqualTo(2_000);
          assertThat(held.disk().vdev()).isEqualTo("xvda2");
        });
  }

  @Test
  void aLargeFleetIsBounded() {
    List<TestHost> hosts = new ArrayList<>();
    for (int n = 0; n < MetricsSnapshot.HOSTS_MAX + 5; n++) {
      TestHost host = new TestHost("h" + n);
      rig.map(host);
      hosts.add(host);
    }
    MetricsSnapshot reading = rig.step.reading(20);
    assertThat(reading.hosts()).hasSize(MetricsSnapshot.HOSTS_MAX);
    assertThat(reading.hostsLeftOut()).isEqualTo(5);
    assertThat(reading.unheard()).isEqualTo(hosts.size());
  }
}
