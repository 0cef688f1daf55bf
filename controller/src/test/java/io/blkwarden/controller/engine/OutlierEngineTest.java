package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Outliers compared with the fleet's disks of the same class. */
final class OutlierEngineTest {
  private static final String POLICY =
      """
      policies:
        - name: outlier
          mode: auto
          match: { role: root }
          when: { metric: read_iops, above_fleet: { mean_plus_sigmas: 2, floor: 20, min_disks: 10 },
                  windows: 3 of 5, window: 10s }
          then: { ladder: [ best-effort/7 ], lease: 1m, alert: warning }
      """;

  private final EngineRig rig = EngineRig.acting(POLICY);
  private final List<TestHost> hosts = new ArrayList<>();

  private void fleet(EngineRig rig, int count) {
    for (int i = 0; i < count; i++) {
      TestHost host = new TestHost("dom0-" + i);
      host.add("vm" + i, i + 1, VolumeRole.ROOT, MappingState.RESOLVED);
      host.addSwap(500 + i);
      hosts.add(host);
      rig.start(host);
    }
  }

  /** All hosts do about 100 reads per second, the first one the given number. */
  private List<Effect> seconds(EngineRig rig, int count, int first) {
    return seconds(rig, count, host -> host == 0 ? first : 80 + host);
  }

  private List<Effect> seconds(EngineRig rig, int count, IntUnaryOperator reads) {
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rig.pass(1_000, hosts.toArray(TestHost[]::new));
      for (int host = 0; host < hosts.size(); host++) {
        hosts.get(host).reads(0, reads.applyAsInt(host), 2, 500, 1);
        hosts.get(host).reads(1, 900, 2, 500, 1);
        effects.addAll(rig.sample(hosts.get(host)));
      }
      effects.addAll(rig.tick());
    }
    return effects;
  }

  private static List<DiskBaseline> kept(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.StoreBaseline.class::isInstance)
        .map(effect -> ((Effect.StoreBaseline) effect).baseline())
        .toList();
  }

  @Test
  void outlierIsDetected() {
    fleet(rig, 40);
    assertThat(EngineRig.alerts(seconds(rig, 60, 100))).isEmpty();
    List<Effect> effects = seconds(rig, 40, 400);
    assertThat(EngineRig.sends(effects)).hasSize(1);
    assertThat(EngineRig.set(EngineRig.sends(effects).getFirst()).domain().name()).isEqualTo("vm0");
    Alert alert = EngineRig.alerts(effects).getFirst();
    assertThat(alert.condition().above()).isBetween(110.0, 140.0);
    assertThat(alert.summary())
        .contains(": 400 read IOPS on its ")
        .contains("the fleet's mean plus 2 sigmas of 40 root disks");
  }

  @Test
  void disksOfDifferentDeviceClassesAreNotCompared() {
    for (int i = 0; i < 30; i++) {
      TestHost host = new TestHost("dom0-" + i);
      boolean turns = i % 2 == 1;
      host.device(
          new PhysicalDevice("sda", new DeviceNumber(8, 0), "bfq", Actuator.EFFECTIVE, turns));
      host.add("vm" + i, i + 1, VolumeRole.ROOT, MappingState.RESOLVED);
      host.addSwap(500 + i);
      hosts.add(host);
      rig.start(host);
    }
    // Disks on flash do ten times as many I/Os: among them, the outlier would not be detected.
    assertThat(EngineRig.alerts(seconds(rig, 60, host -> host % 2 == 0 ? 1_000 : 100 + host)))
        .isEmpty();
    List<Effect> effects =
        seconds(rig, 40, host -> host % 2 == 0 ? 1_000 : host == 1 ? 400 : 100 + host);
    assertThat(EngineRig.sends(effects)).hasSize(1);
    assertThat(EngineRig.set(EngineRig.sends(effects).getFirst()).domain().name()).isEqualTo("vm1");
    assertThat(EngineRig.alerts(effects).getFirst().summary())
        .contains("the fleet's mean plus 2 sigmas of 15 root disks on hdd");
  }

  @Test
  void smallPopulationHasNoThreshold() {
    fleet(rig, 9);
    seconds(rig, 60, 100);
    assertThat(EngineRig.alerts(seconds(rig, 60, 5_000))).isEmpty();
  }

  @Test
  void baselineIsStoredForTheNextController() {
    fleet(rig, 40);
    List<DiskBaseline> specs = kept(seconds(rig, 301, 100));
    assertThat(specs).hasSize(1);
    assertThat(specs.getFirst().disks()).isEqualTo(40);

    EngineRig next = EngineRig.acting(POLICY);
    hosts.clear();
    fleet(next, 40);
    next.feed(new Input.BaselineLoaded(specs.getFirst()));
    List<Effect> effects = seconds(next, 31, 400);
    assertThat(EngineRig.sends(effects)).hasSize(1);
  }

  @Test
  void standbyUsesTheLeadersBaseline() {
    assertThat(alertsAfterATakeover(false, 1)).isNotEmpty();
    assertThat(alertsAfterATakeover(false, 10)).isEmpty();
    assertThat(alertsAfterATakeover(true, 10)).isNotEmpty(); // its own baseline takes precedence
  }

  /** The alerts for a disk with 400 reads per second, after a baseline this many times higher. */
  private List<Alert> alertsAfterATakeover(boolean hadTheClaim, int higher) {
    EngineRig next = EngineRig.acting(POLICY);
    hosts.clear();
    fleet(next, 40);
    DiskBaseline own = kept(seconds(next, 301, 100)).getFirst();
    DiskBaseline pushed =
        new DiskBaseline(
            own.of(),
            own.disks(),
            own.count(),
            higher * own.sum(),
            higher * higher * own.sumOfSquares(),
            own.at(),
            own.sketch());
    if (!hadTheClaim) {
      next.feed(new Input.LeadershipLost());
    }
    next.feed(new Input.BaselineLoaded(pushed));
    next.feed(new Input.LeadershipGained(8));
    return EngineRig.alerts(seconds(next, 40, 400));
  }

  @Test
  void standbyStoresNoBaseline() {
    fleet(rig, 40);
    rig.feed(new Input.LeadershipLost());
    assertThat(kept(seconds(rig, 310, 100))).isEmpty();
  }
}
