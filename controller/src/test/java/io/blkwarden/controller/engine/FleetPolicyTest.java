package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FleetPolicyTest {
  private static final String SUM =
      """
      policies:
        - name: fleet-swap
          fleet: { metric: swap.bytes_per_s, sum_above: 4MB/s, for: 3s, clear_for: 2s }
          then: { alert: critical }
      """;
  private static final String SHARE =
      """
      policies:
        - name: congested
          match: { host: "dom0-*" }
          fleet: { of: { metric: device.util, above: 80% }, share_above: 50%, for: 3s }
      """;

  private final List<TestHost> hosts = new ArrayList<>();

  private EngineRig rig(String policies) {
    EngineRig rig = EngineRig.acting(policies);
    for (int i = 0; i < 3; i++) {
      TestHost host = new TestHost("dom0-" + i);
      host.addSwap(1);
      host.addSwap(2);
      hosts.add(host);
    }
    rig.start(hosts.toArray(TestHost[]::new));
    return rig;
  }

  /** Seconds in which the first hosts do I/O and the last ones send nothing. */
  private List<Alert> seconds(EngineRig rig, int count, int working, int silent) {
    List<Effect> effects = new ArrayList<>();
    for (int second = 0; second < count; second++) {
      rig.pass(1_000, hosts.toArray(TestHost[]::new));
      for (int i = 0; i < hosts.size() - silent; i++) {
        hosts.get(i).reads(0, i < working ? 500 : 1, 1, i < working ? 900 : 1, 0);
        effects.addAll(rig.sample(hosts.get(i)));
      }
      effects.addAll(rig.tick());
    }
    return EngineRig.alerts(effects);
  }

  @Test
  void fleetTotalRaisesAnAlertOfTheFleetWithoutThrottling() {
    EngineRig rig = rig(SUM);
    List<Alert> alerts = seconds(rig, 6, 3, 0);

    assertThat(alerts)
        .singleElement()
        .satisfies(alert -> {
          assertThat(alert.host()).isEqualTo(HostId.FLEET);
          assertThat(alert.severity()).isEqualTo(Alert.Severity.CRITICAL);
          assertThat(alert.condition().value()).isEqualTo(3 * 500 * 4096.0);
          assertThat(alert.action()).isNull();
          assertThat(alert.summary())
              .isEqualTo(
                  "Over the fleet: swap.bytes_per_s of 6 domains is 6.1 MB/s in total, threshold"
                      + " 4.0 MB/s.");
        });
    assertThat(EngineRig.sends(rig.all)).isEmpty();
  }

  @Test
  void alertIsResolvedWhenAllHostsReport() {
    EngineRig rig = rig(SUM);
    Alert firing = seconds(rig, 6, 3, 0).getFirst();

    assertThat(seconds(rig, 6, 0, 0))
        .singleElement()
        .satisfies(alert -> {
          assertThat(alert.state()).isEqualTo(Alert.State.RESOLVED);
          assertThat(alert.id()).isEqualTo(firing.id());
        });
  }

  /** Invariant 5: missing data ends no breach. */
  @Test
  void staleHostDelaysResolving() {
    EngineRig rig = rig(SUM);
    seconds(rig, 6, 3, 0);

    assertThat(seconds(rig, 20, 0, 1)).isEmpty();
    assertThat(seconds(rig, 4, 0, 0)).extracting(Alert::state).containsOnly(Alert.State.RESOLVED);
  }

  /** Invariant 5: missing data starts no breach. */
  @Test
  void staleHostCountsAsBelowTheThreshold() {
    EngineRig rig = rig(SHARE);
    seconds(rig, 2, 1, 0);

    assertThat(seconds(rig, 20, 1, 2)).isEmpty();
  }

  @Test
  void shareCountsDisksOverTheThreshold() {
    EngineRig rig = rig(SHARE);
    assertThat(seconds(rig, 6, 1, 0)).isEmpty();
    assertThat(seconds(rig, 6, 2, 0))
        .singleElement()
        .extracting(Alert::summary)
        .isEqualTo("Over the fleet: 2 of 3 devices have device.util above 80%, threshold 50%.");
  }

  @Test
  void changedPolicyResolvesTheAlert() {
    EngineRig rig = rig(SUM);
    seconds(rig, 6, 3, 0);
    rig.all.clear();
    rig.policies(SHARE);

    assertThat(EngineRig.states(rig.all)).containsExactly("resolved");
  }

  @Test
  void onlyTheLeaderPublishes() {
    EngineRig rig = rig(SUM);
    rig.feed(new Input.LeadershipLost());
    assertThat(seconds(rig, 6, 3, 0)).isEmpty();
    assertThat(EngineRig.states(rig.feed(new Input.LeadershipGained(8)))).containsExactly("firing");
    assertThat(seconds(rig, 1, 3, 0)).isEmpty();
  }
}
