package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A second controller takes over what a first one told. */
final class RestoredAlertsTest {
  private static final String WATCHING =
      EngineRig.SWAP_STORM.replace("mode: auto", "mode: observe");

  private final TestHost host = new TestHost("dom0-7");
  private final int noisy = host.addSwap(176);
  private final int second = host.addSwap(177);
  private final Alert told = told();

  private void storm() {
    host.reads(noisy, 800, 2, 990, 4);
  }

  private void calm() {
    host.reads(noisy, 1, 1, 1, 0);
  }

  private Alert told() {
    EngineRig before = EngineRig.acting(WATCHING);
    before.begin(host);
    return EngineRig.alerts(before.seconds(4, host, this::storm)).getFirst();
  }

  /** A controller with another seed, so that ids of its own are others. */
  private static EngineRig successor(String policies, Alert... open) {
    EngineRig rig = new EngineRig(99);
    rig.policies(policies);
    return claimed(rig, open);
  }

  private static EngineRig claimed(EngineRig rig, Alert... open) {
    rig.feed(new Input.AlertsRestored(List.of(open)));
    rig.feed(new Input.LeadershipGained(8));
    rig.tick();
    return rig;
  }

  @Test
  void sameBreachContinuesTheAlert() {
    EngineRig rig = successor(WATCHING, told);
    rig.begin(host);

    List<Alert> alerts = EngineRig.alerts(rig.seconds(5, host, this::storm));

    assertThat(alerts).hasSize(1);
    Alert first = alerts.getFirst();
    assertThat(first.id()).isEqualTo(told.id());
    assertThat(first.incident()).isEqualTo(told.incident());
    assertThat(first.since()).isEqualTo(told.since());
    assertThat(first.state()).isEqualTo(Alert.State.FIRING);
    assertThat(EngineRig.alerts(rig.seconds(10, host, this::calm)))
        .singleElement()
        .matches(end -> end.id().equals(told.id()) && end.state() == Alert.State.RESOLVED);
  }

  @Test
  void breachFoundBeforeLeadershipContinuesTheAlert() {
    EngineRig rig = new EngineRig(99);
    rig.policies(WATCHING);
    rig.begin(host);
    rig.seconds(5, host, this::storm);

    claimed(rig, told);

    assertThat(EngineRig.alerts(rig.all))
        .singleElement()
        .extracting(Alert::id)
        .isEqualTo(told.id());
  }

  @Test
  void newBreachOnTheDeviceJoinsTheRestoredIncident() {
    EngineRig rig = successor(WATCHING, told);
    rig.begin(host);

    List<Effect> effects =
        rig.seconds(
            4,
            host,
            () -> {
              host.reads(noisy, 150, 2, 300, 1); // between the levels: goes on, neither way
              host.reads(second, 800, 2, 990, 4);
            });

    assertThat(EngineRig.alerts(effects)).hasSize(1);
    assertThat(EngineRig.alerts(effects).getFirst().id()).isNotEqualTo(told.id());
    assertThat(EngineRig.alerts(effects).getFirst().incident()).isEqualTo(told.incident());
  }

  @Test
  void restoredAlertIsResolvedAfterTheClearTime() {
    EngineRig rig = successor(WATCHING, told);
    rig.begin(host);

    assertThat(EngineRig.alerts(rig.seconds(2, host, this::calm))).isEmpty();
    List<Alert> end = EngineRig.alerts(rig.seconds(2, host, this::calm));

    assertThat(end).singleElement().extracting(Alert::state).isEqualTo(Alert.State.RESOLVED);
    assertThat(end.getFirst().id()).isEqualTo(told.id());
    assertThat(end.getFirst().summary()).contains("vm176 on dom0-7: the condition is over");
    assertThat(EngineRig.alerts(rig.seconds(10, host, this::calm))).isEmpty();
  }

  @Test
  void alertOfAStaleHostIsUnknownAndNotResolved() {
    EngineRig rig = successor(WATCHING, told);

    for (int i = 0; i < 600; i++) {
      rig.pass(1_000, host);
      rig.tick();
    }

    assertThat(EngineRig.states(rig.all)).containsExactly("unknown");
    rig.begin(host);
    assertThat(EngineRig.states(rig.seconds(5, host, this::storm))).containsExactly("firing");
    assertThat(EngineRig.alerts(rig.all)).allMatch(each -> each.id().equals(told.id()));
  }

  @Test
  void removedDisksAndPoliciesResolveTheirAlerts() {
    EngineRig gone = successor(WATCHING, told);
    host.remove(noisy);
    host.revision++;
    gone.begin(host);
    assertThat(EngineRig.alerts(gone.seconds(1, host, () -> {})))
        .singleElement()
        .satisfies(end -> assertThat(end.summary()).contains("the disk is gone"));

    EngineRig other = successor(WATCHING.replace("swap-storm", "other"), told);
    other.begin(host);
    assertThat(EngineRig.alerts(other.seconds(1, host, () -> {})))
        .singleElement()
        .satisfies(end -> assertThat(end.summary()).contains("removed"));
  }

  @Test
  void invalidPolicyFileResolvesNoAlert() {
    EngineRig rig = new EngineRig(99);
    rig.feed(new Input.PoliciesLoaded(PolicySet.EMPTY, false));
    claimed(rig, told);
    rig.begin(host);

    rig.seconds(20, host, this::calm);

    assertThat(EngineRig.alerts(rig.all)).isEmpty();
  }

  @Test
  void olderOfTwoAlertsAboutOneBreachIsResolved() {
    Alert older = EngineRig.alerts(olderController()).getFirst();
    Alert newest = told.withState(Alert.State.FIRING, told.at().plusSeconds(60), "again");
    EngineRig rig = successor(WATCHING, older, newest);
    rig.begin(host);

    List<Alert> alerts = EngineRig.alerts(rig.seconds(4, host, this::storm));

    List<String> words = new ArrayList<>();
    alerts.forEach(each -> words.add(each.state().wire() + " " + each.id()));
    assertThat(words).containsExactlyInAnyOrder("resolved " + older.id(), "firing " + newest.id());
  }

  private List<Effect> olderController() {
    EngineRig rig = new EngineRig(5);
    rig.policies(WATCHING);
    claimed(rig);
    rig.begin(host);
    return rig.seconds(4, host, this::storm);
  }

  @Test
  void fleetAlertContinuesOrIsResolvedWhenAllHostsAreCalm() {
    String policy =
        """
        policies:
          - name: busy-fleet
            fleet: { metric: iops, sum_above: 500, for: 2s }
            then: { alert: critical }
        """;
    EngineRig before = EngineRig.acting(policy);
    before.begin(host);
    Alert fleet = EngineRig.alerts(before.seconds(5, host, this::storm)).getFirst();

    EngineRig goesOn = successor(policy, fleet);
    goesOn.begin(host);
    assertThat(EngineRig.alerts(goesOn.seconds(5, host, this::storm)))
        .singleElement()
        .matches(each -> each.id().equals(fleet.id()) && each.since().equals(fleet.since()));

    EngineRig over = successor(policy, fleet);
    over.begin(host);
    assertThat(EngineRig.alerts(over.seconds(30, host, this::calm))).isEmpty();
    assertThat(EngineRig.states(over.seconds(40, host, this::calm))).containsExactly("resolved");
  }
}
