package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A second controller takes over the alerts of the first one. */
final class RestoredAlertsTest {
  private static final String WATCHING =
      EngineRig.SWAP_STORM.replace("mode: auto", "mode: observe");

  private final TestHost host = new TestHost("dom0-7");
  private final int noisy = host.addSwap(176);
  private final int second = host.addSwap(177);
  private final Alert publishedAlert = publishedAlert();

  private void storm() {
    host.reads(noisy, 800, 2, 990, 4);
  }

  private void calm() {
    host.reads(noisy, 1, 1, 1, 0);
  }

  private Alert publishedAlert() {
    EngineRig before = EngineRig.acting(WATCHING);
    before.start(host);
    return EngineRig.alerts(before.seconds(4, host, this::storm)).getFirst();
  }

  /** A controller with another seed, and thus other IDs. */
  private static EngineRig successor(String policies, Alert... open) {
    EngineRig rig = new EngineRig(99);
    rig.policies(policies);
    return leadWith(rig, open);
  }

  private static EngineRig leadWith(EngineRig rig, Alert... open) {
    rig.feed(new Input.AlertsRestored(List.of(open), true));
    rig.feed(new Input.LeadershipGained(8));
    rig.tick();
    return rig;
  }

  @Test
  void continuingBreachKeepsItsAlert() {
    EngineRig rig = successor(WATCHING, publishedAlert);
    rig.start(host);

    List<Alert> alerts = EngineRig.alerts(rig.seconds(5, host, this::storm));

    assertThat(alerts).hasSize(1);
    Alert first = alerts.getFirst();
    assertThat(first.id()).isEqualTo(publishedAlert.id());
    assertThat(first.incident()).isEqualTo(publishedAlert.incident());
    assertThat(first.since()).isEqualTo(publishedAlert.since());
    assertThat(first.state()).isEqualTo(Alert.State.FIRING);
    assertThat(EngineRig.alerts(rig.seconds(10, host, this::calm)))
        .singleElement()
        .matches(
            end -> end.id().equals(publishedAlert.id()) && end.state() == Alert.State.RESOLVED);
  }

  @Test
  void breachFoundBeforeLeadershipKeepsItsAlert() {
    EngineRig rig = new EngineRig(99);
    rig.policies(WATCHING);
    rig.start(host);
    rig.seconds(5, host, this::storm);

    leadWith(rig, publishedAlert);

    assertThat(EngineRig.alerts(rig.all))
        .singleElement()
        .extracting(Alert::id)
        .isEqualTo(publishedAlert.id());
  }

  @Test
  void newAlertOfTheDeviceJoinsTheRestoredIncident() {
    EngineRig rig = successor(WATCHING, publishedAlert);
    rig.start(host);

    List<Effect> effects =
        rig.seconds(
            4,
            host,
            () -> {
              host.reads(noisy, 150, 2, 300, 1); // between both thresholds: the breach continues
              host.reads(second, 800, 2, 990, 4);
            });

    assertThat(EngineRig.alerts(effects)).hasSize(1);
    assertThat(EngineRig.alerts(effects).getFirst().id()).isNotEqualTo(publishedAlert.id());
    assertThat(EngineRig.alerts(effects).getFirst().incident())
        .isEqualTo(publishedAlert.incident());
  }

  @Test
  void endedBreachIsResolvedAfterTheClearTime() {
    EngineRig rig = successor(WATCHING, publishedAlert);
    rig.start(host);

    assertThat(EngineRig.alerts(rig.seconds(2, host, this::calm))).isEmpty();
    List<Alert> end = EngineRig.alerts(rig.seconds(2, host, this::calm));

    assertThat(end).singleElement().extracting(Alert::state).isEqualTo(Alert.State.RESOLVED);
    assertThat(end.getFirst().id()).isEqualTo(publishedAlert.id());
    assertThat(end.getFirst().summary()).contains("vm176 on dom0-7: the condition is over");
    assertThat(EngineRig.alerts(rig.seconds(10, host, this::calm))).isEmpty();
  }

  @Test
  void alertOfAStaleHostIsUnknownAndNotResolved() {
    EngineRig rig = successor(WATCHING, publishedAlert);

    for (int i = 0; i < 600; i++) {
      rig.pass(1_000, host);
      rig.tick();
    }

    assertThat(EngineRig.states(rig.all)).containsExactly("unknown");
    rig.start(host);
    assertThat(EngineRig.states(rig.seconds(5, host, this::storm))).containsExactly("firing");
    assertThat(EngineRig.alerts(rig.all)).allMatch(each -> each.id().equals(publishedAlert.id()));
  }

  @Test
  void removedDiskOrPolicyResolvesTheAlert() {
    EngineRig gone = successor(WATCHING, publishedAlert);
    host.remove(noisy);
    host.revision++;
    gone.start(host);
    assertThat(EngineRig.alerts(gone.seconds(1, host, () -> {})))
        .singleElement()
        .satisfies(end -> assertThat(end.summary()).contains("the disk is gone"));

    EngineRig other = successor(WATCHING.replace("swap-storm", "other"), publishedAlert);
    other.start(host);
    assertThat(EngineRig.alerts(other.seconds(1, host, () -> {})))
        .singleElement()
        .satisfies(end -> assertThat(end.summary()).contains("removed"));
  }

  @Test
  void unreadablePolicyResolvesNoAlert() {
    EngineRig rig = new EngineRig(99);
    rig.feed(new Input.PoliciesLoaded(PolicySet.EMPTY, false));
    leadWith(rig, publishedAlert);
    rig.start(host);

    rig.seconds(20, host, this::calm);

    assertThat(EngineRig.alerts(rig.all)).isEmpty();
  }

  @Test
  void olderOfTwoAlertsOfABreachIsResolved() {
    Alert older = EngineRig.alerts(olderController()).getFirst();
    Alert newest =
        publishedAlert.withState(Alert.State.FIRING, publishedAlert.at().plusSeconds(60), "again");
    EngineRig rig = successor(WATCHING, older, newest);
    rig.start(host);

    List<Alert> alerts = EngineRig.alerts(rig.seconds(4, host, this::storm));

    List<String> words = new ArrayList<>();
    alerts.forEach(each -> words.add(each.state().wire() + " " + each.id()));
    assertThat(words).containsExactlyInAnyOrder("resolved " + older.id(), "firing " + newest.id());
  }

  private List<Effect> olderController() {
    EngineRig rig = new EngineRig(5);
    rig.policies(WATCHING);
    leadWith(rig);
    rig.start(host);
    return rig.seconds(4, host, this::storm);
  }

  @Test
  void fleetAlertContinuesUntilAllHostsAreBelowTheThreshold() {
    String policy =
        """
        policies:
          - name: busy-fleet
            fleet: { metric: iops, sum_above: 500, for: 2s }
            then: { alert: critical }
        """;
    EngineRig before = EngineRig.acting(policy);
    before.start(host);
    Alert fleet = EngineRig.alerts(before.seconds(5, host, this::storm)).getFirst();

    EngineRig goesOn = successor(policy, fleet);
    goesOn.start(host);
    assertThat(EngineRig.alerts(goesOn.seconds(5, host, this::storm)))
        .singleElement()
        .matches(each -> each.id().equals(fleet.id()) && each.since().equals(fleet.since()));

    EngineRig over = successor(policy, fleet);
    over.start(host);
    assertThat(EngineRig.alerts(over.seconds(30, host, this::calm))).isEmpty();
    assertThat(EngineRig.states(over.seconds(40, host, this::calm))).containsExactly("resolved");
  }

  /** A controller that leads before the stream of alerts can be read. */
  private static EngineRig leadWithoutStream(EngineRig rig, long epoch) {
    rig.feed(new Input.AlertsRestored(List.of(), false));
    rig.feed(new Input.LeadershipGained(epoch));
    rig.tick();
    return rig;
  }

  private static EngineRig watching() {
    EngineRig rig = new EngineRig(99);
    rig.policies(WATCHING);
    return rig;
  }

  @Test
  void alertThatIsReadLateIsResolved() {
    EngineRig rig = leadWithoutStream(watching(), 8);
    rig.start(host);
    rig.seconds(5, host, this::calm);

    rig.feed(new Input.AlertsRestored(List.of(publishedAlert), true));
    List<Alert> alerts = EngineRig.alerts(rig.seconds(5, host, this::calm));

    assertThat(alerts)
        .singleElement()
        .matches(
            end -> end.id().equals(publishedAlert.id()) && end.state() == Alert.State.RESOLVED);
  }

  @Test
  void alertThatIsReadLateEndsIfItsBreachHasAnother() {
    EngineRig rig = leadWithoutStream(watching(), 8);
    rig.start(host);
    Alert raised = EngineRig.alerts(rig.seconds(5, host, this::storm)).getFirst();
    assertThat(raised.id()).isNotEqualTo(publishedAlert.id());

    List<Effect> late =
        new ArrayList<>(rig.feed(new Input.AlertsRestored(List.of(publishedAlert, raised), true)));
    late.addAll(rig.seconds(5, host, this::storm));

    assertThat(EngineRig.alerts(late))
        .singleElement()
        .matches(
            end -> end.id().equals(publishedAlert.id()) && end.state() == Alert.State.RESOLVED);
  }

  @Test
  void alertOfThisControllerKeepsItsIdWithoutTheStream() {
    EngineRig rig = leadWithoutStream(watching(), 7);
    rig.start(host);
    Alert raised = EngineRig.alerts(rig.seconds(5, host, this::storm)).getFirst();
    rig.feed(new Input.LeadershipLost());
    rig.seconds(5, host, this::storm);

    leadWithoutStream(rig, 7);
    rig.seconds(5, host, this::storm);
    rig.feed(new Input.AlertsRestored(List.of(raised), true));
    rig.seconds(10, host, this::calm);

    assertThat(EngineRig.alerts(rig.all)).allMatch(each -> each.id().equals(raised.id()));
    assertThat(EngineRig.states(rig.all)).endsWith("resolved").containsOnlyOnce("resolved");
  }

  @Test
  void breachThatEndedWithoutALeaderIsResolvedOnceTheStreamIsRead() {
    EngineRig rig = leadWithoutStream(watching(), 7);
    rig.start(host);
    Alert raised = EngineRig.alerts(rig.seconds(5, host, this::storm)).getFirst();
    rig.feed(new Input.LeadershipLost());
    assertThat(EngineRig.alerts(rig.seconds(10, host, this::calm))).isEmpty();

    leadWithoutStream(rig, 7);
    assertThat(EngineRig.alerts(rig.seconds(5, host, this::calm))).isEmpty();
    rig.feed(new Input.AlertsRestored(List.of(raised.withEpoch(7)), true));
    List<Alert> alerts = EngineRig.alerts(rig.seconds(5, host, this::calm));

    assertThat(alerts)
        .singleElement()
        .matches(end -> end.id().equals(raised.id()) && end.state() == Alert.State.RESOLVED);
  }
}
