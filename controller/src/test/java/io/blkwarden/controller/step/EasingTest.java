package io.blkwarden.controller.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.DomainStopped;
import io.blkwarden.model.message.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes after a throttle's first judgement: another look, and its end step by step. */
final class EasingTest {
  private static final Restraint LOW = Restraint.Priority.bestEffort(7);
  private static final Restraint IDLE = Restraint.Priority.IDLE;

  private final Rig rig = Rig.acting(Rig.SWAP_STORM);
  private final TestHost host = new TestHost("dom0-7");
  private int noisy;
  private int neighbour;

  @BeforeEach
  void begin() {
    noisy = host.addSwap(176);
    neighbour = host.add("vm5", 5, VolumeRole.ROOT, MappingState.RESOLVED);
    rig.begin(host);
  }

  private void storm() {
    host.reads(noisy, 800, 2, 990, 4);
    host.reads(neighbour, 50, 40, 900, 2);
  }

  private void tamed() {
    host.reads(noisy, 60, 15, 990, 4);
    host.reads(neighbour, 400, 5, 900, 2);
  }

  private void harmed() {
    host.reads(noisy, 700, 2, 990, 4);
    host.reads(neighbour, 20, 120, 900, 4);
  }

  private void quiet() {
    host.reads(noisy, 5, 1, 5, 0);
    host.reads(neighbour, 100, 2, 200, 0);
  }

  private static Command only(List<Effect> effects) {
    assertThat(Rig.sends(effects)).hasSize(1);
    return Rig.sends(effects).getFirst();
  }

  /** Lets seconds pass on a host whose agent carries out what it is asked for. */
  private List<Effect> obeying(int count, Rig.Second second) {
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Effect> wanted = rig.seconds(1, host, second);
      effects.addAll(wanted);
      for (Command command : Rig.sends(wanted)) {
        effects.addAll(rig.outcome(command, Outcome.Result.APPLIED));
      }
    }
    return effects;
  }

  private static List<Restraint> rungs(List<Effect> effects) {
    return Rig.sends(effects).stream()
        .map(Command::action)
        .filter(CommandAction.Set.class::isInstance)
        .map(action -> ((CommandAction.Set) action).restraint())
        .toList();
  }

  private MessageId heldAt(Restraint rung) {
    Command command = only(rig.seconds(3, host, this::storm));
    MessageId lease = Rig.set(command).lease();
    rig.outcome(command, Outcome.Result.APPLIED);
    if (rung.equals(IDLE)) {
      command = only(rig.seconds(15, host, this::storm));
      rig.outcome(command, Outcome.Result.APPLIED);
    }
    assertThat(Rig.set(command).restraint()).isEqualTo(rung);
    List<Effect> effects = rig.seconds(16, host, this::tamed);
    assertThat(Rig.action(Rig.alerts(effects).getFirst()).effect()).isEqualTo(Alert.Effect.WORKED);
    return lease;
  }

  @Test
  void itGoesDownTheLadderAndThenEnds() {
    MessageId lease = heldAt(IDLE);
    List<Effect> effects = rig.seconds(3, host, this::quiet);
    assertThat(Rig.states(effects)).contains("resolved");
    assertThat(Rig.decisions(effects))
        .contains("ease: the condition is over: idle is eased to best-effort/7");
    Command step = only(effects);
    assertThat(Rig.set(step).restraint()).isEqualTo(LOW);
    assertThat(Rig.set(step).lease()).isEqualTo(lease);
    assertThat(Rig.set(step).leaseMs()).isEqualTo(45_000);
    rig.outcome(step, Outcome.Result.APPLIED);
    assertThat(Rig.sends(rig.seconds(14, host, this::quiet))).isEmpty();
    assertThat(only(rig.seconds(1, host, this::quiet)).action())
        .isEqualTo(new CommandAction.Reset(lease));
  }

  @Test
  void aStepThatTheAgentRefusesLeadsToItsEndAllTheSame() {
    MessageId lease = heldAt(IDLE);
    Command step = only(rig.seconds(3, host, this::quiet));
    rig.outcome(step, Outcome.Result.REFUSED, Outcome.Refusal.OVERLOADED);
    assertThat(only(rig.seconds(15, host, this::quiet)).action())
        .isEqualTo(new CommandAction.Reset(lease));
  }

  @Test
  void aBreachOnTheWayDownTakesItOverAndClimbsAgainIfItIsNotEnough() {
    heldAt(IDLE);
    rig.outcome(only(rig.seconds(3, host, this::quiet)), Outcome.Result.APPLIED);
    List<Effect> effects = obeying(6, this::storm);
    assertThat(rungs(effects)).doesNotContain(IDLE);
    assertThat(Rig.decisions(effects))
        .contains("renew: a throttle that was held already serves this breach now");
    effects = obeying(15, this::storm);
    assertThat(rungs(effects)).endsWith(IDLE);
    assertThat(Rig.decisions(effects)).contains("act: best-effort/7 had no effect, idle is set");
  }

  @Test
  void aPersonWhoTakesItOverKeepsIt() {
    MessageId lease = heldAt(IDLE);
    rig.outcome(only(rig.seconds(3, host, this::quiet)), Outcome.Result.APPLIED);
    List<Effect> effects = rig.ask(rig.throttle(host, "vm176", IDLE), 1);
    assertThat(Rig.set(only(effects)).lease()).isEqualTo(lease);
    rig.outcome(only(effects), Outcome.Result.APPLIED);
    assertThat(Rig.sends(rig.seconds(40, host, this::quiet))).isEmpty();
  }

  @Test
  void aDomainThatStopsEndsItAtOnce() {
    MessageId lease = heldAt(IDLE);
    host.revision++;
    List<Effect> effects =
        rig.feed(
            new Input.Mapped(new DomainStopped(host.origin(), host.disks.get(noisy).domain())));
    assertThat(only(effects).action()).isEqualTo(new CommandAction.Reset(lease));
  }

  @Test
  void whatHarmedIsNotTriedOnThatDeviceForAWhile() {
    rig.outcome(only(rig.seconds(3, host, this::storm)), Outcome.Result.APPLIED);
    Command reset = only(rig.seconds(15, host, this::harmed));
    rig.outcome(reset, Outcome.Result.RELEASED);
    rig.seconds(10, host, this::quiet);
    List<Effect> effects = rig.seconds(4, host, this::storm);
    assertThat(Rig.set(only(effects)).restraint()).isEqualTo(IDLE);
    assertThat(Rig.decisions(effects).getFirst())
        .contains("skipped best-effort/7: it harmed the neighbours here lately");

    rig.outcome(only(effects), Outcome.Result.REFUSED, Outcome.Refusal.OVERLOADED);
    rig.seconds(10, host, this::quiet);
    rig.pass(StepSettings.DEFAULT.harmRestMillis(), host);
    rig.sample(host);
    effects = rig.seconds(4, host, this::storm);
    assertThat(Rig.set(only(effects)).restraint()).isEqualTo(LOW);
  }

  @Test
  void whatWorkedIsJudgedAgainAndMustBeContradictedTwice() {
    heldAt(LOW);
    List<Effect> effects = obeying(20, this::tamed);
    effects.addAll(obeying(11, this::storm));
    effects.addAll(obeying(15, this::tamed));
    assertThat(rungs(effects)).containsOnly(LOW);

    assertThat(rungs(obeying(45, this::storm))).contains(IDLE);
  }
}
