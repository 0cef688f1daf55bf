package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies with {@code scope: device} and {@code scope: host}: one alert for each. */
final class ScopedPolicyTest {
  private static final String SLOW =
      """
      policies:
        - name: slow-device
          scope: device
          when: { metric: device.await_ms, above: 50, for: 3s, clear_below: 20, clear_for: 3s }
          then: { alert: critical }
      """;
  private static final String PRESSURE =
      """
      policies:
        - name: io-full
          scope: host
          when: { metric: host.io_full, above: 20%, for: 3s, clear_for: 3s }
      """;

  private final TestHost host = new TestHost("dom0-7");

  @BeforeEach
  void twoDevicesAndThreeDisks() {
    host.devices.add(
        new PhysicalDevice("sdb", new DeviceNumber(8, 16), "bfq", Actuator.EFFECTIVE, null));
    host.deviceCounters.add(new long[SampleColumn.all().size()]);
    host.addSwap(1);
    host.addSwap(2);
    host.addSwap(3);
  }

  private static EngineRig rig(String policies) {
    return EngineRig.acting(policies);
  }

  /** Reads of 63 ms on one device, of 1 ms on the other. */
  private void slow(String name) {
    for (int row = 0; row < 2; row++) {
      long[] counters = host.deviceCounters.get(row);
      counters[SampleColumn.READ_IOS.id()] += 100;
      counters[SampleColumn.READ_MS.id()] +=
          host.devices.get(row).name().equals(name) ? 6_300 : 100;
    }
  }

  private void calm() {
    slow("none");
  }

  private static MessageId onlyId(List<Alert> alerts) {
    assertThat(alerts).hasSize(1);
    return alerts.getFirst().id();
  }

  @Test
  void raisesOneAlertPerDevice() {
    EngineRig rig = rig(SLOW);
    rig.start(host);

    List<Alert> alerts = EngineRig.alerts(rig.seconds(10, host, () -> slow("sda")));

    Alert alert = alerts.getFirst();
    assertThat(alerts).hasSize(1);
    assertThat(alert.device()).isEqualTo("sda");
    assertThat(alert.domain()).isNull();
    assertThat(alert.disk()).isNull();
    assertThat(alert.host()).isEqualTo(host.id);
    assertThat(alert.severity()).isEqualTo(Alert.Severity.CRITICAL);
    assertThat(alert.summary()).isEqualTo("sda on dom0-7: I/O takes 63 ms for 3 s, above 50 ms.");
    assertThat(EngineRig.sends(rig.all)).isEmpty();
  }

  @Test
  void devicesHaveSeparateAlertsAndIncidents() {
    EngineRig rig = rig(SLOW);
    rig.start(host);
    rig.seconds(5, host, () -> slow("sda"));
    rig.seconds(5, host, () -> slow("sdb"));

    List<Alert> alerts = EngineRig.alerts(rig.all);

    assertThat(alerts)
        .extracting(each -> each.device() + " " + each.state().wire())
        .containsExactly("sda firing", "sda resolved", "sdb firing");
    assertThat(alerts.getFirst().incident()).isNotEqualTo(alerts.getLast().incident());
    assertThat(alerts.get(1).summary())
        .isEqualTo("sda on dom0-7 no longer exceeds slow-device after 5 s, the condition is over.");
  }

  @Test
  void newBreachIsANewAlert() {
    EngineRig rig = rig(SLOW);
    rig.start(host);
    rig.seconds(5, host, () -> slow("sda"));
    rig.seconds(5, host, this::calm);
    rig.seconds(5, host, () -> slow("sda"));

    List<Alert> alerts = EngineRig.alerts(rig.all);

    assertThat(alerts)
        .extracting(each -> each.state().wire())
        .containsExactly("firing", "resolved", "firing");
    assertThat(alerts.getLast().id()).isNotEqualTo(alerts.getFirst().id());
  }

  @Test
  void deviceIsIdentifiedByNameInANewMap() {
    EngineRig rig = rig(SLOW);
    rig.start(host);
    rig.seconds(5, host, () -> slow("sda"));
    host.remove(0);
    Collections.swap(host.devices, 0, 1);
    Collections.swap(host.deviceCounters, 0, 1);
    host.revision++;
    rig.map(host);
    rig.sample(host);

    assertThat(EngineRig.alerts(rig.seconds(5, host, () -> slow("sda")))).isEmpty();
    assertThat(EngineRig.states(rig.seconds(5, host, this::calm))).containsExactly("resolved");
  }

  @Test
  void alertEndsWithItsDevice() {
    EngineRig rig = rig(SLOW);
    rig.start(host);
    rig.seconds(5, host, () -> slow("sda"));
    host.device(
        new PhysicalDevice("sdc", new DeviceNumber(8, 32), "bfq", Actuator.EFFECTIVE, null));
    host.revision++;

    List<Alert> alerts = EngineRig.alerts(rig.map(host));

    assertThat(alerts).singleElement().extracting(Alert::state).isEqualTo(Alert.State.RESOLVED);
    assertThat(alerts.getFirst().summary()).contains("no guest's disk is on the device any more");
  }

  @Test
  void missingSamplesMakeTheAlertUnknown() {
    EngineRig rig = rig(SLOW);
    rig.start(host);
    rig.seconds(5, host, () -> slow("sda"));
    for (int i = 0; i < 60; i++) {
      rig.pass(1_000, host);
      rig.tick();
    }

    assertThat(EngineRig.states(rig.all)).containsExactly("firing", "unknown");
    assertThat(EngineRig.alerts(rig.all).getLast().summary())
        .isEqualTo(
            "sda on dom0-7: the host stopped reporting; unknown whether it still exceeds"
                + " slow-device.");

    rig.seconds(60, host, () -> slow("sda"));
    rig.seconds(5, host, this::calm);

    assertThat(EngineRig.states(rig.all))
        .containsExactly("firing", "unknown", "firing", "resolved");
  }

  @Test
  void nextLeaderContinuesTheAlert() {
    EngineRig first = rig(SLOW);
    first.start(host);
    Alert open = EngineRig.alerts(first.seconds(5, host, () -> slow("sda"))).getFirst();

    EngineRig next = new EngineRig(99);
    next.policies(SLOW);
    next.feed(new Input.AlertsRestored(List.of(open), true));
    next.feed(new Input.LeadershipGained(8));
    next.start(host);
    next.seconds(5, host, () -> slow("sda"));

    assertThat(onlyId(EngineRig.alerts(next.all))).isEqualTo(open.id());
    assertThat(EngineRig.alerts(next.all).getFirst().incident()).isEqualTo(open.incident());
    assertThat(EngineRig.states(next.seconds(5, host, this::calm))).containsExactly("resolved");
  }

  @Test
  void standbyThatMeasuredTheBreachContinuesTheAlert() {
    EngineRig first = rig(SLOW);
    EngineRig standby = new EngineRig(99);
    standby.policies(SLOW);
    first.start(host);
    Alert open = EngineRig.alerts(first.seconds(5, host, () -> slow("sda"))).getFirst();
    standby.start(host);
    standby.seconds(5, host, () -> slow("sda"));
    assertThat(EngineRig.alerts(standby.all)).isEmpty();

    standby.feed(new Input.AlertsRestored(List.of(open), true));
    standby.feed(new Input.LeadershipGained(8));

    assertThat(onlyId(EngineRig.alerts(standby.all))).isEqualTo(open.id());
  }

  @Test
  void nextLeaderResolvesEndedBreaches() {
    EngineRig first = rig(SLOW);
    first.start(host);
    Alert open = EngineRig.alerts(first.seconds(5, host, () -> slow("sda"))).getFirst();

    EngineRig next = new EngineRig(99);
    next.policies(SLOW);
    next.feed(new Input.AlertsRestored(List.of(open), true));
    next.feed(new Input.LeadershipGained(8));
    next.start(host);
    assertThat(EngineRig.alerts(next.seconds(2, host, this::calm))).isEmpty();
    next.seconds(3, host, this::calm);

    assertThat(EngineRig.states(next.all)).containsExactly("resolved");
    assertThat(EngineRig.alerts(next.all).getFirst().summary()).startsWith("sda on dom0-7: ");
  }

  @Test
  void removedPolicyResolvesItsAlert() {
    EngineRig rig = rig(SLOW);
    rig.start(host);
    rig.seconds(5, host, () -> slow("sda"));
    rig.policies(PRESSURE);

    assertThat(EngineRig.states(rig.all)).containsExactly("firing", "resolved");
  }

  @Test
  void keepsFiringForTheTimeOfThePolicy() {
    EngineRig rig = rig(SLOW.replace("alert: critical", "alert: critical, keep_firing_for: 5s"));
    rig.start(host);
    rig.seconds(5, host, () -> slow("sda"));
    rig.seconds(5, host, this::calm);
    rig.seconds(5, host, () -> slow("sda"));
    assertThat(EngineRig.alerts(rig.all))
        .extracting(Alert::id)
        .containsOnly(EngineRig.alerts(rig.all).getFirst().id());
    assertThat(EngineRig.states(rig.all)).doesNotContain("resolved");

    rig.seconds(10, host, this::calm);

    assertThat(EngineRig.states(rig.all)).endsWith("resolved");
  }

  @Test
  void onlyIfIsEvaluatedForTheDevice() {
    EngineRig rig =
        rig(
            SLOW.replace(
                "    then:",
                "    only_if: { any: [ { metric: device.iops, above: 1000 } ] }\n    then:"));
    rig.start(host);

    assertThat(EngineRig.alerts(rig.seconds(10, host, () -> slow("sda")))).isEmpty();
  }

  @Test
  void raisesOneAlertPerHost() {
    EngineRig rig = rig(PRESSURE);
    host.someMicros = 0;
    host.fullMicros = 0;
    rig.start(host);

    List<Alert> alerts =
        EngineRig.alerts(
            rig.seconds(
                5,
                host,
                () -> {
                  host.someMicros += 500_000;
                  host.fullMicros += 450_000;
                }));

    assertThat(alerts).hasSize(1);
    assertThat(alerts.getFirst().device()).isNull();
    assertThat(alerts.getFirst().summary())
        .isEqualTo("dom0-7: PSI io full 45% for 3 s, above 20%.");
    host.someMicros = SampleFrame.UNMEASURED;
    host.fullMicros = SampleFrame.UNMEASURED;
    assertThat(EngineRig.alerts(rig.seconds(10, host, this::calm))).isEmpty();
    host.someMicros = 10_000_000;
    host.fullMicros = 10_000_000;
    assertThat(EngineRig.states(rig.seconds(10, host, this::calm))).containsExactly("resolved");
  }

  @Test
  void selectsHostsAndDeviceClasses() {
    EngineRig rig = rig(SLOW.replace("    scope:", "    match: { host: \"other-*\" }\n    scope:"));
    rig.start(host);
    assertThat(EngineRig.alerts(rig.seconds(10, host, () -> slow("sda")))).isEmpty();

    rig.policies(SLOW.replace("    scope:", "    match: { device: ssd }\n    scope:"));
    assertThat(EngineRig.alerts(rig.seconds(10, host, () -> slow("sda")))).isEmpty();
  }

  @Test
  void alertOfARemovedHostIsResolved() {
    EngineRig rig = rig(SLOW);
    rig.start(host);
    rig.seconds(5, host, () -> slow("sda"));
    for (int i = 0; i < 90; i++) {
      rig.pass(1_000);
      rig.tick();
    }
    List<Effect> asked = rig.ask(new OperatorRequest.Forget(host.id), 42);
    rig.feed(new Input.HostRemoved((Effect.RemoveHost) asked.getFirst()));

    assertThat(EngineRig.states(rig.all)).containsExactly("firing", "unknown", "resolved");
    assertThat(EngineRig.alerts(rig.all).getLast().summary()).contains("the host was removed");
  }

  @Test
  void windowsAreCounted() {
    EngineRig rig = rig(SLOW.replace(" for: 3s", " windows: 2 of 3, window: 5s"));
    rig.start(host);
    for (int i = 0; i < 3; i++) {
      rig.seconds(4, host, () -> slow("sda"));
      rig.seconds(1, host, this::calm);
    }

    assertThat(EngineRig.states(rig.all)).containsExactly("firing");
  }

  @Test
  void metricsIncludeTheBreach() {
    EngineRig rig = rig(SLOW);
    rig.start(host);
    assertThat(rig.step.snapshot(FleetSnapshot.Parts.busiest(0)).breaches())
        .containsEntry("slow-device", 0);
    rig.seconds(5, host, () -> slow("sda"));
    assertThat(rig.step.snapshot(FleetSnapshot.Parts.busiest(0)).breaches())
        .containsEntry("slow-device", 1);
  }
}
