package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Throttles undone by other programs, and steps refused by an agent. */
final class UndoneTest {
  private static final Restraint IDLE = new Restraint.Priority(IoPriority.IDLE);

  private final SwappingHost host = new SwappingHost();
  private final EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);

  @BeforeEach
  void begin() {
    rig.start(host);
  }

  private Command throttled() {
    Command command = EngineRig.only(rig.seconds(4, host, host::storm));
    rig.outcome(command, Outcome.Result.APPLIED);
    return command;
  }

  /** The next command for this restraint; renewals of another are answered. */
  private Command next(Restraint wanted) {
    for (int second = 0; second < 30; second++) {
      for (Command each : EngineRig.sends(rig.seconds(1, host, host::storm))) {
        if (EngineRig.set(each).restraint().equals(wanted)) {
          return each;
        }
        rig.outcome(each, Outcome.Result.RENEWED);
      }
    }
    throw new AssertionError("no command for " + wanted);
  }

  private static List<String> published(List<Effect> effects) {
    return EngineRig.alerts(effects).stream().map(Alert::summary).toList();
  }

  @Test
  void throttleIsReportedOnlyAfterTheAgentsAnswer() {
    List<Effect> effects = rig.seconds(4, host, host::storm);
    Command command = EngineRig.only(effects);
    assertThat(published(effects))
        .noneMatch(text -> text.contains("is set") || text.contains("was set"));
    assertThat(published(rig.outcome(command, Outcome.Result.APPLIED)))
        .anyMatch(text -> text.contains("set to best-effort/7"));
  }

  @Test
  void refusedStepIsNotReportedAsSetAndDoesNotEscalate() {
    throttled();
    for (int step = 0; step < 3; step++) {
      Command escalation = next(IDLE);
      Alert alert =
          EngineRig.alerts(rig.outcome(escalation, Outcome.Result.REFUSED, Outcome.Refusal.GATE))
              .getLast();
      assertThat(alert.summary())
          .contains("set to best-effort/7", "idle was not set: refused (gate)")
          .doesNotContain("idle is set");
    }
    List<Effect> effects = rig.seconds(25, host, host::storm);
    assertThat(EngineRig.sends(effects))
        .allMatch(each -> !EngineRig.set(each).restraint().equals(IDLE));
    assertThat(EngineRig.decisions(effects))
        .noneMatch(text -> text.contains("no step of the ladder"));
  }

  @Test
  void undoneThrottleIsRepeatedOnceAfterAMinuteOnTheSameStep() {
    MessageId lease = EngineRig.set(throttled()).lease();
    rig.seconds(5, host, host::storm);
    List<Effect> effects = rig.undone(host, null, lease);
    assertThat(EngineRig.states(effects)).containsExactly("firing");
    assertThat(published(effects).getFirst())
        .contains("something else on the host undid", "set it to none", "next attempt in 60 s");
    assertThat(EngineRig.action(EngineRig.alerts(effects).getFirst()).effect())
        .isEqualTo(Alert.Effect.UNKNOWN);

    assertThat(EngineRig.sends(rig.seconds(55, host, host::storm))).isEmpty();
    Command again = EngineRig.only(rig.seconds(10, host, host::storm));
    assertThat(EngineRig.set(again).restraint().toString()).isEqualTo("best-effort/7");
    rig.outcome(again, Outcome.Result.APPLIED);

    effects = rig.undone(host, null, EngineRig.set(again).lease());
    assertThat(published(effects).getFirst()).contains("no further attempt", "xenopsd");
    effects = rig.seconds(400, host, host::storm);
    assertThat(EngineRig.sends(effects)).as("left to operators").isEmpty();
    assertThat(published(effects)).noneMatch(text -> text.contains("had an effect"));
  }

  @Test
  void renewalOfAnUndoneThrottleEndsIt() {
    Command command = throttled();
    List<Effect> effects = rig.seconds(31, host, host::throttled);
    Command renewal =
        EngineRig.sends(effects).stream()
            .filter(each -> each.action() instanceof CommandAction.Set)
            .findFirst()
            .orElseThrow();
    effects = rig.undone(host, renewal.id(), EngineRig.set(command).lease());
    assertThat(EngineRig.states(effects)).containsExactly("firing");
    assertThat(published(effects).getFirst()).contains("something else on the host undid");
  }
}
