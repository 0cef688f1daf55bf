package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One alert for one breach, however often it is told and however restless its disk is. */
final class AlertLifeTest {
  private final TestHost host = new TestHost("dom0-7");
  private final int noisy = host.addSwap(176);
  private final int second = host.addSwap(177);

  private void storm() {
    host.reads(noisy, 800, 2, 990, 4);
  }

  private void calm() {
    host.reads(noisy, 1, 1, 1, 0);
  }

  private static EngineRig rig(String life) {
    return EngineRig.acting(
        EngineRig.SWAP_STORM.replace("alert: warning", "alert: warning, " + life));
  }

  private static List<MessageId> ids(List<Effect> effects) {
    return EngineRig.alerts(effects).stream().map(Alert::id).distinct().toList();
  }

  /** Such a detector looks back for longer than a sample, and says nothing in between. */
  @Test
  void alertOfASlidingWindowPolicyIsKeptAndThenResolved() {
    EngineRig rig =
        EngineRig.acting(
            """
            policies:
              - name: bursts
                mode: observe
                match: { role: swap }
                when: { metric: iops, above: 200, windows: 2 of 3, window: 5s, clear_for: 3s }
                then: { alert: info, keep_firing_for: 20s }
            """);
    rig.begin(host);
    assertThat(EngineRig.states(rig.seconds(20, host, this::storm))).startsWith("firing");

    List<Effect> kept = rig.seconds(15, host, this::calm);
    List<Effect> end = rig.seconds(40, host, this::calm);

    assertThat(EngineRig.states(kept)).doesNotContain("resolved");
    assertThat(EngineRig.states(end)).containsOnlyOnce("resolved");
  }

  @Test
  void breachDuringKeepFiringContinuesTheAlert() {
    EngineRig rig = rig("keep_firing_for: 20s");
    rig.begin(host);
    List<Effect> effects = new ArrayList<>(rig.seconds(4, host, this::storm));
    rig.outcome(EngineRig.sends(effects).getFirst(), Outcome.Result.APPLIED);

    List<Effect> over = rig.seconds(10, host, this::calm);

    assertThat(EngineRig.sends(over))
        .singleElement()
        .satisfies(sent -> assertThat(sent.action()).isInstanceOf(CommandAction.Reset.class));
    rig.outcome(EngineRig.sends(over).getFirst(), Outcome.Result.RELEASED);
    assertThat(EngineRig.states(over)).isNotEmpty().containsOnly("firing");
    assertThat(EngineRig.alerts(over).getLast().summary())
        .contains("kept until that has lasted for 20 s");

    List<Effect> back = rig.seconds(5, host, this::storm);
    assertThat(EngineRig.sends(back)).hasSize(1);
    List<Effect> end = rig.seconds(40, host, this::calm);

    assertThat(EngineRig.states(end)).endsWith("resolved");
    assertThat(EngineRig.states(rig.all)).containsOnlyOnce("resolved");
    assertThat(ids(rig.all)).hasSize(1);
  }

  @Test
  void secondsWithoutSamplesDoNotCountAsCalm() {
    EngineRig rig = rig("keep_firing_for: 20s");
    rig.begin(host);
    rig.seconds(4, host, this::storm);
    rig.seconds(5, host, this::calm);

    for (int i = 0; i < 60; i++) {
      rig.pass(1_000, host);
      rig.tick();
    }
    rig.seconds(2, host, this::calm);

    assertThat(EngineRig.states(rig.all)).contains("unknown").doesNotContain("resolved");
    assertThat(EngineRig.states(rig.seconds(30, host, this::calm))).containsExactly("resolved");
  }

  @Test
  void openAlertIsPublishedAgainAtTheReminderInterval() {
    EngineRig rig =
        EngineRig.acting(
            EngineRig.SWAP_STORM
                .replace("mode: auto", "mode: observe")
                .replace("alert: warning", "alert: warning, remind_every: 10s"));
    rig.begin(host);
    rig.seconds(4, host, this::storm);

    List<Effect> later = rig.seconds(35, host, this::storm);

    assertThat(EngineRig.alerts(later)).hasSize(3);
    assertThat(ids(rig.all)).hasSize(1);
    assertThat(EngineRig.alerts(rig.seconds(30, host, this::calm))).hasSize(1);
  }

  /** By it a reader ignores what a controller published that no longer leads. */
  @Test
  void alertsCarryTheEpochOfTheLeader() {
    EngineRig rig =
        EngineRig.acting(
            EngineRig.SWAP_STORM
                .replace("mode: auto", "mode: observe")
                .replace("alert: warning", "alert: warning, remind_every: 10s"));
    rig.begin(host);

    List<Alert> first = EngineRig.alerts(rig.seconds(4, host, this::storm));
    rig.feed(new Input.LeadershipGained(9));
    List<Alert> later = EngineRig.alerts(rig.seconds(12, host, this::storm));
    List<Alert> end = EngineRig.alerts(rig.seconds(10, host, this::calm));

    assertThat(first).isNotEmpty().extracting(Alert::epoch).containsOnly(7L);
    assertThat(later).isNotEmpty().extracting(Alert::epoch).containsOnly(9L);
    assertThat(end).singleElement().extracting(Alert::epoch).isEqualTo(9L);
    assertThat(ids(rig.all)).hasSize(1);
  }

  @Test
  void alertsOnOneDeviceShareAnIncidentUntilItIsOver() {
    EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM.replace("mode: auto", "mode: observe"));
    rig.begin(host);

    rig.seconds(4, host, this::storm);
    rig.seconds(
        4,
        host,
        () -> {
          storm();
          host.reads(second, 500, 2, 400, 2);
        });

    List<Alert> both = EngineRig.alerts(rig.all);
    assertThat(ids(rig.all)).hasSize(2);
    assertThat(both.stream().map(Alert::incident).distinct()).hasSize(1).doesNotContainNull();
    rig.seconds(
        10,
        host,
        () -> {
          calm();
          host.reads(second, 1, 1, 1, 0);
        });

    Alert later = EngineRig.alerts(rig.seconds(4, host, this::storm)).getFirst();
    assertThat(later.incident()).isNotEqualTo(both.getFirst().incident());
  }
}
