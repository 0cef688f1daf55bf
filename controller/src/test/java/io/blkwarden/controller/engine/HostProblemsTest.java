package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Hosts that report and cannot be evaluated or commanded. */
final class HostProblemsTest {
  private static final String TOO_LONG =
      "map of 880000 bytes exceeds the server's max_payload of 65536: raise max_payload";
  private static final Restraint IDLE = new Restraint.Priority(IoPriority.IDLE);

  private final TestHost host = new TestHost("big1");
  private final TestHost clone = new TestHost("big1");
  private final int swap = host.addSwap(176);
  private final EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);

  HostProblemsTest() {
    clone.addSwap(177);
    clone.run = new UUID(4, 2);
    clone.boot = new UUID(4, 3);
  }

  private List<Effect> beat(TestHost from, long epoch, Heartbeat.ProbeHealth... probes) {
    return rig.feed(
        new Input.HeartbeatReceived(
            new Heartbeat(
                from.id,
                from.boot,
                from.run,
                rig.wall,
                "0.1.0",
                1_000,
                from.revision,
                epoch,
                true,
                "6.1.0-50-amd64",
                from.intervalMillis,
                from.devices,
                List.of(probes),
                List.of(),
                Map.of(),
                true,
                null,
                List.of())));
  }

  private static Heartbeat.ProbeHealth mapSize(boolean ok) {
    return new Heartbeat.ProbeHealth("mapping-size", ok, ok ? null : TOO_LONG);
  }

  private static List<String> problems(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.HostProblem.class::isInstance)
        .map(each -> ((Effect.HostProblem) each).problem())
        .toList();
  }

  private OperatorReply throttle() {
    OperatorRequest.Throttle ask = rig.throttle(host, "vm176", IDLE);
    return EngineRig.answers(rig.ask(ask, 1)).getFirst();
  }

  @Test
  void unpublishableMapRaisesAnAlertWithTheReason() {
    assertThat(problems(beat(host, 7, mapSize(false))))
        .containsExactly("it has no map: " + TOO_LONG);
    assertThat(problems(beat(host, 7, mapSize(false)))).as("once").isEmpty();

    assertThat(throttle().detail()).contains("big1", TOO_LONG).doesNotContain("did you mean");

    rig.map(host);
    assertThat(problems(beat(host, 7, mapSize(true)))).as("published").containsExactly("");
  }

  @Test
  void mapLargerThanTheServersLimitIsOutdated() {
    rig.start(host);
    assertThat(problems(beat(host, 7, mapSize(false))))
        .containsExactly("its map is out of date: " + TOO_LONG);
    OperatorReply reply = throttle();
    assertThat(reply.verdict()).isEqualTo(OperatorReply.Verdict.REFUSED);
    assertThat(reply.detail()).contains(TOO_LONG);
  }

  @Test
  void reportingHostWithoutMapRaisesAnAlertLater() {
    assertThat(problems(beat(host, 7))).isEmpty();
    assertThat(throttle().detail())
        .isEqualTo("host big1 is known: its map has not arrived yet; try again");
    rig.pass(HostProblems.GRACE_MILLIS + 1_000);
    assertThat(problems(rig.tick())).singleElement().asString().contains("has not sent one");
    assertThat(problems(rig.map(host))).containsExactly("");
  }

  @Test
  void agentWithAHigherEpochRaisesAnAlert() {
    rig.start(host);
    assertThat(problems(beat(host, 8))).as("a higher epoch usually follows at once").isEmpty();
    rig.pass(HostProblems.GRACE_MILLIS + 1_000);
    assertThat(problems(beat(host, 8)))
        .singleElement()
        .asString()
        .contains("refuses", "epoch 8", "is 7", "runbook");
    assertThat(problems(beat(host, 7))).containsExactly("");
  }

  @Test
  void agentRestartIsNotADuplicate() {
    rig.start(host);
    List<Effect> effects = new ArrayList<>();
    for (int restart = 0; restart < 20; restart++) {
      UUID before = host.run;
      host.run = new UUID(9, restart);
      effects.addAll(beat(host, 7));
      UUID after = host.run;
      host.run = before; // a late sample of the old run
      effects.addAll(rig.sample(host));
      host.run = after;
      rig.map(host);
      effects.addAll(rig.seconds(6, host, () -> {}));
    }
    assertThat(problems(effects)).isEmpty();
    assertThat(EngineRig.alerts(effects)).isEmpty();
  }

  private List<Effect> bothReport(int times) {
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      rig.pass(2_500, host, clone);
      TestHost now = i % 2 == 0 ? clone : host;
      effects.addAll(beat(now, 7));
      effects.addAll(rig.tick());
    }
    return effects;
  }

  @Test
  void duplicateHostRaisesAnAlertAndGetsNoCommands() {
    rig.start(host);
    List<Effect> effects = bothReport(8);

    assertThat(problems(effects)).singleElement().asString().contains("agents of two hosts");
    Alert alert = EngineRig.alerts(effects).getFirst();
    assertThat(EngineRig.alerts(effects)).hasSize(1);
    assertThat(alert.policy()).isEqualTo("duplicate-hosts");
    assertThat(alert.state()).isEqualTo(Alert.State.FIRING);
    assertThat(alert.summary()).contains("big1", "--host");

    effects = rig.seconds(5, host, () -> host.reads(swap, 800, 2, 990, 4));
    effects.addAll(bothReport(2));
    assertThat(EngineRig.sends(effects)).as("nothing is evaluated there").isEmpty();
    assertThat(throttle().verdict()).isEqualTo(OperatorReply.Verdict.REFUSED);
    effects = rig.ask(new OperatorRequest.ReleaseAll(), 5);
    assertThat(EngineRig.sends(effects)).as("no command at all").isEmpty();
    assertThat(EngineRig.answers(effects).getFirst().detail()).contains("big1", "two hosts");
  }

  @Test
  void hostIsEvaluatedAgainWhenOneAgentIsLeft() {
    rig.start(host);
    bothReport(8);
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < 13; i++) {
      rig.pass(5_000, host);
      effects.addAll(beat(host, 7));
      effects.addAll(rig.tick());
    }
    assertThat(problems(effects)).containsExactly("");
    assertThat(EngineRig.states(effects)).containsExactly("resolved");
    assertThat(effects).anyMatch(Effect.RequestMap.class::isInstance);

    rig.map(host);
    effects = rig.seconds(6, host, () -> host.reads(swap, 800, 2, 990, 4));
    assertThat(EngineRig.sends(effects)).hasSize(1);
  }

  @Test
  void leaseOfADuplicateHostExpires() {
    rig.start(host);
    List<Effect> effects = rig.seconds(6, host, () -> host.reads(swap, 800, 2, 990, 4));
    rig.outcome(EngineRig.only(effects), io.blkwarden.model.message.Outcome.Result.APPLIED);
    effects = bothReport(40);
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.states(effects)).contains("unknown").doesNotContain("resolved");
    assertThat(EngineRig.alerts(effects).stream().map(Alert::summary))
        .anyMatch(text -> text.contains("agents of two hosts"));
  }

  @Test
  void repeatedLeadershipPublishesOpenAlertsOncePerFiveMinutes() {
    rig.start(host);
    rig.policies(EngineRig.SWAP_STORM.replace("mode: auto", "mode: observe"));
    List<Effect> effects = rig.seconds(6, host, () -> host.reads(swap, 800, 2, 990, 4));
    assertThat(EngineRig.alerts(effects)).hasSize(1);
    effects = new ArrayList<>();
    for (int claim = 0; claim < 20; claim++) {
      effects.addAll(rig.feed(new Input.LeadershipLost()));
      effects.addAll(rig.feed(new Input.LeadershipGained(8 + claim)));
      effects.addAll(rig.seconds(30, host, () -> host.reads(swap, 800, 2, 990, 4)));
    }
    assertThat(EngineRig.alerts(effects)).as("20 times in 10 min").hasSizeBetween(1, 3);
  }
}
