package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies that throttle only suspects; a window of a minute has slots of a second. */
final class AttributionsTest {
  private final EngineRig rig =
      EngineRig.acting(
          """
          policies:
            - name: noisy
              mode: auto
              match: { role: [ root, swap ] }
              when: { metric: iops, above: 200, for: 3s, clear_below: 100, clear_for: 3s }
              blame: { against: device.await_ms, above: 20ms, window: 1m }
              then: { ladder: [ idle ], lease: 1m, alert: warning }
          """);
  private final TestHost host = new TestHost("dom0-7");
  private int suspect;
  private int loud;
  private int small;

  @BeforeEach
  void begin() {
    suspect = host.addSwap(176);
    loud = host.add("vm5", 5, VolumeRole.ROOT, MappingState.RESOLVED);
    small = host.add("vm6", 6, VolumeRole.ROOT, MappingState.RESOLVED);
    rig.start(host);
  }

  private void work(int suspectIos, int loudIos, int smallIos, long millisEach) {
    host.reads(suspect, suspectIos, millisEach, 900, 4);
    host.reads(loud, loudIos, millisEach, 900, 4);
    host.reads(small, smallIos, millisEach, 300, 1);
  }

  private void calm() {
    work(10, 250, 10, 2);
  }

  private static Alert last(List<Effect> effects) {
    return EngineRig.alerts(effects).getLast();
  }

  private static Alert.Blame blame(Alert alert) {
    return Objects.requireNonNull(alert.evidence().blame());
  }

  @Test
  void suspectIsThrottledAndBusyVictimIsNot() {
    List<Effect> effects = rig.seconds(40, host, this::calm);
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(blame(last(effects)).verdict()).isEqualTo("not-hurt");
    assertThat(EngineRig.action(last(effects)).note())
        .isEqualTo(
            "not throttled: no clear culprit on sda: the latency of the other guests is low");

    effects = rig.seconds(4, host, () -> work(900, 250, 10, 40));
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.decisions(effects))
        .contains(
            "refuse: not throttled: no clear culprit on sda: too few samples with and without"
                + " latency");

    effects = rig.seconds(2, host, () -> work(900, 250, 10, 40));
    assertThat(EngineRig.sends(effects)).hasSize(1);
    assertThat(EngineRig.set(EngineRig.sends(effects).getFirst()).domain().name())
        .isEqualTo("vm176");
    assertThat(EngineRig.decisions(effects))
        .contains("refuse: not throttled: vm176 xvda2 causes the latency on sda, not this disk");
    Alert alert = last(rig.outcome(EngineRig.sends(effects).getFirst(), Outcome.Result.APPLIED));
    assertThat(alert.evidence().correlation()).isGreaterThan(0.6);
    assertThat(blame(alert).verdict()).isEqualTo("culprit");
    assertThat(blame(alert).device()).isEqualTo("sda");
    assertThat(blame(alert).share()).isGreaterThan(0.7);
    assertThat(blame(alert).confidence()).isGreaterThan(0.2);
    assertThat(alert.summary())
        .matches(
            "vm176 on dom0-7: 900 IOPS on its swap disk xvda2 for \\d+ s, a"
                + " noisy neighbour: it took \\d+% of the guests' I/O time on sda while others had"
                + " high latency, and its load correlates with that \\(correlation 0\\.\\d\\d\\);"
                + " set to idle priority, effect pending\\.");
  }

  @Test
  void observePolicyReportsThatThereIsNoSuspect() {
    EngineRig observing =
        EngineRig.acting(
            """
            policies:
              - name: noisy
                mode: observe
                when: { metric: iops, above: 200, for: 3s }
                blame: { window: 1m }
                then: { alert: warning }
            """);
    observing.start(host);
    List<Effect> effects = observing.seconds(40, host, this::calm);
    assertThat(last(effects).summary())
        .endsWith(
            "the policy only observes: no clear culprit on sda: the latency of the other guests"
                + " is low.");
  }

  @Test
  void slowDeviceHasNoSuspectAndTheAlertExplainsIt() {
    rig.seconds(40, host, this::calm);
    List<Effect> effects = rig.seconds(20, host, () -> work(10, 250, 10, 60));
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(last(effects).state()).isEqualTo(Alert.State.FIRING);
    assertThat(blame(last(effects)).verdict()).isEqualTo("slow-device");
    assertThat(last(effects).summary())
        .endsWith("no clear culprit on sda: the device became slow, and no guest's load rose.");
  }

  @Test
  void longLatencyIsComparedWithTheTimeBeforeIt() {
    rig.seconds(40, host, this::calm);
    rig.beat(host, false);
    List<Effect> effects = rig.seconds(150, host, () -> work(900, 250, 10, 40));
    assertThat(EngineRig.sends(effects)).isEmpty();
    rig.beat(host, true);
    assertThat(EngineRig.sends(rig.seconds(1, host, () -> work(900, 250, 10, 40)))).hasSize(1);
  }

  @Test
  void noSuspectWithoutANormalPeriod() {
    List<Effect> effects = rig.seconds(30, host, () -> work(900, 250, 10, 40));
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(blame(last(effects)).verdict()).isEqualTo("too-few-samples");
  }

  @Test
  void guestStartDoesNotChangeTheAttribution() {
    rig.seconds(40, host, this::calm);
    rig.seconds(4, host, () -> work(900, 250, 10, 40));
    host.add("vm9", 9, VolumeRole.ROOT, MappingState.RESOLVED);
    host.revision++;
    host.baseId++;
    rig.map(host);
    List<Effect> effects = rig.seconds(4, host, () -> work(900, 250, 10, 40));
    assertThat(EngineRig.sends(effects)).hasSize(1);
  }
}
