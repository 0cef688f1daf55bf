package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.MappingEvent.DomainStopped;
import io.blkwarden.model.message.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes after a throttle's first judgement: another look, and its end step by step. */
final class StepDownTest {
  private static final Restraint LOW = Restraint.Priority.bestEffort(7);
  private static final Restraint IDLE = Restraint.Priority.IDLE;

  private final EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);
  private final SwappingHost host = new SwappingHost();

  @BeforeEach
  void begin() {
    rig.begin(host);
  }

  /** Lets seconds pass on a host whose agent carries out what it is asked for. */
  private List<Effect> obeying(int count, EngineRig.Second second) {
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Effect> wanted = rig.seconds(1, host, second);
      effects.addAll(wanted);
      for (Command command : EngineRig.sends(wanted)) {
        effects.addAll(rig.outcome(command, Outcome.Result.APPLIED));
      }
    }
    return effects;
  }

  private static List<Restraint> rungs(List<Effect> effects) {
    return EngineRig.sends(effects).stream()
        .map(Command::action)
        .filter(CommandAction.Set.class::isInstance)
        .map(action -> ((CommandAction.Set) action).restraint())
        .toList();
  }

  private MessageId heldAt(Restraint step) {
    Command command = EngineRig.only(rig.seconds(3, host, host::storm));
    MessageId lease = EngineRig.set(command).lease();
    rig.outcome(command, Outcome.Result.APPLIED);
    if (step.equals(IDLE)) {
      command = EngineRig.only(rig.seconds(15, host, host::storm));
      rig.outcome(command, Outcome.Result.APPLIED);
    }
    assertThat(EngineRig.set(command).restraint()).isEqualTo(step);
    List<Effect> effects = rig.seconds(16, host, host::tamed);
    assertThat(EngineRig.action(EngineRig.alerts(effects).getFirst()).effect())
        .isEqualTo(Alert.Effect.WORKED);
    return lease;
  }

  @Test
  void stepsDownTheLadderAndEnds() {
    MessageId lease = heldAt(IDLE);
    List<Effect> effects = rig.seconds(3, host, host::quiet);
    assertThat(EngineRig.states(effects)).contains("resolved");
    assertThat(EngineRig.decisions(effects))
        .contains("ease: the condition is over: stepping down from idle to best-effort/7");
    Command step = EngineRig.only(effects);
    assertThat(EngineRig.set(step).restraint()).isEqualTo(LOW);
    assertThat(EngineRig.set(step).lease()).isEqualTo(lease);
    assertThat(EngineRig.set(step).leaseMs()).isEqualTo(45_000);
    rig.outcome(step, Outcome.Result.APPLIED);
    assertThat(EngineRig.sends(rig.seconds(14, host, host::quiet))).isEmpty();
    assertThat(EngineRig.only(rig.seconds(1, host, host::quiet)).action())
        .isEqualTo(new CommandAction.Reset(lease));
  }

  @Test
  void refusedStepDownEndsTheThrottle() {
    MessageId lease = heldAt(IDLE);
    Command step = EngineRig.only(rig.seconds(3, host, host::quiet));
    rig.outcome(step, Outcome.Result.REFUSED, Outcome.Refusal.OVERLOADED);
    assertThat(EngineRig.only(rig.seconds(15, host, host::quiet)).action())
        .isEqualTo(new CommandAction.Reset(lease));
  }

  @Test
  void breachDuringStepDownAdoptsTheThrottleAndEscalates() {
    heldAt(IDLE);
    rig.outcome(EngineRig.only(rig.seconds(3, host, host::quiet)), Outcome.Result.APPLIED);
    List<Effect> effects = obeying(6, host::storm);
    assertThat(rungs(effects)).doesNotContain(IDLE);
    assertThat(EngineRig.decisions(effects))
        .contains("renew: adopted the throttle that is in force already");
    effects = obeying(15, host::storm);
    assertThat(rungs(effects)).endsWith(IDLE);
    assertThat(EngineRig.decisions(effects))
        .contains("act: best-effort/7 had no effect, idle requested");
  }

  @Test
  void operatorKeepsAThrottleTakenOver() {
    MessageId lease = heldAt(IDLE);
    rig.outcome(EngineRig.only(rig.seconds(3, host, host::quiet)), Outcome.Result.APPLIED);
    List<Effect> effects = rig.ask(rig.throttle(host, "vm176", IDLE), 1);
    assertThat(EngineRig.set(EngineRig.only(effects)).lease()).isEqualTo(lease);
    rig.outcome(EngineRig.only(effects), Outcome.Result.APPLIED);
    assertThat(EngineRig.sends(rig.seconds(40, host, host::quiet))).isEmpty();
  }

  @Test
  void stoppedDomainEndsIt() {
    MessageId lease = heldAt(IDLE);
    host.revision++;
    List<Effect> effects =
        rig.feed(
            new Input.MappingChanged(
                new DomainStopped(host.origin(), host.disks.get(host.noisy).domain())));
    assertThat(EngineRig.only(effects).action()).isEqualTo(new CommandAction.Reset(lease));
  }

  @Test
  void harmfulStepIsNotTriedOnTheDeviceForAWhile() {
    rig.outcome(EngineRig.only(rig.seconds(3, host, host::storm)), Outcome.Result.APPLIED);
    Command reset = EngineRig.only(rig.seconds(15, host, host::harmed));
    rig.outcome(reset, Outcome.Result.RELEASED);
    rig.seconds(10, host, host::quiet);
    List<Effect> effects = rig.seconds(4, host, host::storm);
    assertThat(EngineRig.set(EngineRig.only(effects)).restraint()).isEqualTo(IDLE);
    assertThat(EngineRig.decisions(effects).getFirst())
        .contains("skipped best-effort/7: it harmed the neighbours here lately");

    rig.outcome(EngineRig.only(effects), Outcome.Result.REFUSED, Outcome.Refusal.OVERLOADED);
    rig.seconds(10, host, host::quiet);
    rig.pass(EngineSettings.HARM_REST_MILLIS, host);
    rig.sample(host);
    effects = rig.seconds(4, host, host::storm);
    assertThat(EngineRig.set(EngineRig.only(effects)).restraint()).isEqualTo(LOW);
  }

  @Test
  void effectIsEvaluatedAgainAndChangesAfterTwoContradictions() {
    heldAt(LOW);
    List<Effect> effects = obeying(20, host::tamed);
    effects.addAll(obeying(11, host::storm));
    effects.addAll(obeying(15, host::tamed));
    assertThat(rungs(effects)).containsOnly(LOW);

    assertThat(rungs(obeying(45, host::storm))).contains(IDLE);
  }
}
