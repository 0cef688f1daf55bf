package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Pause;
import java.util.List;
import org.junit.jupiter.api.Test;

/** While enforcement is paused, breaches are evaluated and published but not throttled. */
final class PauseTest {
  private final TestHost host = new TestHost("dom0-7");
  private final int noisy = host.addSwap(176);

  private void storm() {
    host.reads(noisy, 800, 2, 990, 4);
  }

  private void calm() {
    host.reads(noisy, 1, 1, 1, 0);
  }

  private static void pause(EngineRig rig) {
    Pause pause = new Pause("ana", "the storage moves", rig.wall, null);
    rig.feed(new Input.OperatorStateChanged(new OperatorState(List.of(), List.of(), pause)));
  }

  private static void resume(EngineRig rig) {
    rig.feed(new Input.OperatorStateChanged(OperatorState.NONE));
  }

  @Test
  void breachDuringAPauseIsPublishedAndThrottledAfterTheNextEvaluation() {
    EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);
    rig.start(host);
    pause(rig);

    List<Effect> paused = rig.seconds(30, host, this::storm);

    assertThat(EngineRig.sends(paused)).isEmpty();
    assertThat(EngineRig.states(paused)).containsExactly("firing");
    assertThat(EngineRig.decisions(paused))
        .containsExactly("refuse: not throttled: enforcement is paused by ana: the storage moves");

    resume(rig);
    assertThat(EngineRig.sends(rig.all)).isEmpty();
    assertThat(EngineRig.sends(rig.seconds(1, host, this::storm))).hasSize(1);
  }

  @Test
  void breachEndedDuringAPauseIsNotThrottled() {
    EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);
    rig.start(host);
    pause(rig);
    rig.seconds(10, host, this::storm);
    rig.seconds(10, host, this::calm);

    resume(rig);

    assertThat(EngineRig.sends(rig.seconds(10, host, this::calm))).isEmpty();
    assertThat(EngineRig.states(rig.all)).containsExactly("firing", "resolved");
  }

  @Test
  void activeLeaseIsReleasedButNotRenewedDuringAPause() {
    EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);
    rig.start(host);
    rig.seconds(4, host, this::storm);
    rig.outcome(EngineRig.sends(rig.all).getFirst(), Outcome.Result.APPLIED);
    pause(rig);

    List<Effect> half = rig.seconds(40, host, this::storm);
    assertThat(EngineRig.sends(half)).isEmpty();
    assertThat(EngineRig.decisions(half))
        .anyMatch(line -> line.startsWith("skip: not renewed: enforcement is paused by ana"));

    assertThat(EngineRig.sends(rig.seconds(8, host, this::calm)))
        .singleElement()
        .satisfies(sent -> assertThat(sent.action()).isInstanceOf(CommandAction.Reset.class));
  }

  @Test
  void diskReleasedByAllDuringAPauseIsThrottledAfterResume() {
    EngineRig rig = throttled();
    pause(rig);
    releaseAll(rig);
    assertThat(EngineRig.sends(rig.seconds(30, host, this::storm))).isEmpty();

    resume(rig);

    List<Effect> goesOn = rig.seconds(2, host, this::storm);
    assertThat(EngineRig.sends(goesOn))
        .singleElement()
        .satisfies(sent -> assertThat(sent.action()).isInstanceOf(CommandAction.Set.class));
    assertThat(EngineRig.decisions(goesOn)).contains("act: best-effort/7 requested");
  }

  @Test
  void diskReleasedByNameIsNotThrottledDuringTheBreach() {
    EngineRig rig = throttled();
    pause(rig);
    rig.ask(new OperatorRequest.Release(host.id, "vm176", "xvda2"), 1);
    rig.outcome(EngineRig.sends(rig.all).getLast(), Outcome.Result.RELEASED);
    releaseAll(rig);

    resume(rig);

    assertThat(EngineRig.sends(rig.seconds(30, host, this::storm))).isEmpty();
    rig.seconds(20, host, this::calm);
    assertThat(EngineRig.sends(rig.seconds(10, host, this::storm))).hasSize(1);
  }

  @Test
  void diskReleasedByAllWithoutAPauseIsNotThrottledDuringTheBreach() {
    EngineRig rig = throttled();
    releaseAll(rig);
    resume(rig);
    assertThat(EngineRig.sends(rig.seconds(30, host, this::storm))).isEmpty();
  }

  private EngineRig throttled() {
    EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);
    rig.start(host);
    rig.seconds(4, host, this::storm);
    rig.outcome(EngineRig.sends(rig.all).getFirst(), Outcome.Result.APPLIED);
    return rig;
  }

  private void releaseAll(EngineRig rig) {
    List<Effect> asked = rig.ask(new OperatorRequest.ReleaseAll(), 3);
    rig.outcome(EngineRig.sends(rig.all).getFirst(), Outcome.Result.RELEASED);
    rig.outcome(EngineRig.sends(asked).getFirst(), Outcome.Result.DONE);
  }

  @Test
  void operatorCanReleaseButNotThrottleDuringAPause() {
    EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);
    rig.start(host);
    pause(rig);

    List<Effect> refused = rig.ask(rig.throttle(host, "vm176", Restraint.Priority.IDLE), 1);

    assertThat(EngineRig.sends(refused)).isEmpty();
    assertThat(EngineRig.answers(refused).getFirst().verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(EngineRig.answers(refused).getFirst().detail()).contains("'blkwarden resume'");
    assertThat(EngineRig.answers(rig.ask(new OperatorRequest.Proposals(), 2)).getFirst().detail())
        .contains("enforcement is paused by ana");
    assertThat(EngineRig.sends(rig.ask(new OperatorRequest.ReleaseAll(), 3))).hasSize(1);
  }
}
