package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Silence;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Alerts name their suppression, and are published again when it changes. */
final class AlertSuppressionsTest {
  private static final String WATCHING =
      EngineRig.SWAP_STORM.replace("mode: auto", "mode: observe");

  private final TestHost host = new TestHost("dom0-7");
  private final int noisy = host.addSwap(176);

  private void storm() {
    host.reads(noisy, 800, 2, 990, 4);
  }

  private static Silence silence(EngineRig rig, Duration time, Silence.Matcher match) {
    return new Silence(Messages.id(1), "ana", "known", rig.wall, rig.wall.plus(time), match, null);
  }

  private static List<Effect> setSilences(EngineRig rig, Silence... silences) {
    return rig.feed(
        new Input.OperatorStateChanged(new OperatorState(List.of(silences), List.of(), null)));
  }

  private EngineRig firing(String policies) {
    EngineRig rig = EngineRig.acting(policies);
    rig.start(host);
    assertThat(EngineRig.alerts(rig.seconds(6, host, this::storm)))
        .singleElement()
        .matches(alert -> !alert.suppressed());
    return rig;
  }

  @Test
  void silenceMarksAnOpenAlertAndItsEndPublishesItAgain() {
    EngineRig rig = firing(WATCHING);
    Silence.Matcher match = new Silence.Matcher("dom0-*", "swap-*", "vm176", "warning", "swap");

    List<Alert> marked =
        EngineRig.alerts(setSilences(rig, silence(rig, Duration.ofSeconds(10), match)));

    assertThat(marked).singleElement().extracting(Alert::silencedBy).isEqualTo(Messages.id(1));
    assertThat(EngineRig.alerts(rig.seconds(9, host, this::storm))).isEmpty();
    assertThat(EngineRig.alerts(rig.seconds(2, host, this::storm)))
        .singleElement()
        .matches(alert -> !alert.suppressed() && alert.state() == Alert.State.FIRING)
        .extracting(Alert::id)
        .isEqualTo(marked.getFirst().id());
  }

  @Test
  void silenceMustMatchEachLabel() {
    for (Silence.Matcher other :
        List.of(
            new Silence.Matcher("dom0-8", null, null, null, null),
            new Silence.Matcher("dom0-7", "swap", null, null, null),
            new Silence.Matcher("dom0-7", null, "vm17", null, null),
            new Silence.Matcher("dom0-7", null, null, "critical", null),
            new Silence.Matcher("dom0-7", null, null, null, "root"))) {
      EngineRig rig = firing(WATCHING);
      assertThat(EngineRig.alerts(setSilences(rig, silence(rig, Duration.ofDays(1), other))))
          .isEmpty();
    }
  }

  @Test
  void acknowledgementNamesItsOperatorOnAlertOrIncident() {
    for (boolean incident : new boolean[] {true, false}) {
      EngineRig rig = firing(WATCHING);
      Alert open = EngineRig.alerts(rig.all).getLast();
      Ack ack =
          new Ack(
              incident && open.incident() != null ? open.incident() : open.id(),
              "ana",
              "mine",
              rig.wall,
              null);

      List<Effect> told =
          rig.feed(
              new Input.OperatorStateChanged(new OperatorState(List.of(), List.of(ack), null)));

      assertThat(EngineRig.alerts(told))
          .singleElement()
          .extracting(Alert::ackedBy)
          .isEqualTo("ana");
      assertThat(EngineRig.alerts(rig.feed(new Input.OperatorStateChanged(OperatorState.NONE))))
          .singleElement()
          .matches(alert -> !alert.suppressed());
    }
  }

  @Test
  void handledAlertIsSuppressedUnlessCritical() {
    for (boolean critical : new boolean[] {true, false}) {
      EngineRig rig =
          firing(
              critical
                  ? EngineRig.SWAP_STORM.replace("alert: warning", "alert: critical")
                  : EngineRig.SWAP_STORM);
      List<Effect> handled =
          rig.outcome(EngineRig.sends(rig.all).getFirst(), Outcome.Result.APPLIED);

      assertThat(EngineRig.states(handled)).containsExactly("handled");
      assertThat(EngineRig.alerts(handled).getFirst().inhibitedBy())
          .isEqualTo(critical ? null : "handled");
    }
  }

  @Test
  void fleetAlertInhibitsAlertsOfItsHosts() {
    String fleet =
        WATCHING.replace(
            "protect:",
            """
              - name: busy-fleet
                match: { host: "%s" }
                fleet: { metric: iops, sum_above: 500, for: 8s, clear_for: 2s }
                then: { alert: critical }
            protect:\
            """);
    EngineRig rig = firing(fleet.formatted("dom0-*"));

    List<Alert> both = EngineRig.alerts(rig.seconds(8, host, this::storm));

    Alert whole = both.getFirst();
    assertThat(whole.policy()).isEqualTo("busy-fleet");
    assertThat(whole.suppressed()).isFalse();
    assertThat(both).hasSize(2);
    assertThat(both.getLast().inhibitedBy()).isEqualTo(whole.id().value());

    EngineRig other = firing(fleet.formatted("dom0-8"));
    other.start(new TestHost("dom0-8"));
    assertThat(EngineRig.alerts(other.seconds(12, host, this::storm))).noneMatch(Alert::suppressed);
  }
}
