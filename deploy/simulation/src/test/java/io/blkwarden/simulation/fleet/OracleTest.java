package io.blkwarden.simulation.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One part at a time misbehaves, and the oracle names the invariant that it breaks. */
final class OracleTest {
  private static void catches(int invariant, Parts parts) {
    // on these seeds nothing is broken when all parts are the real ones
    for (long seed : new long[] {1, 3, 2, 4}) {
      Simulation simulation = new Simulation(new Plan(seed, 6, 30), parts);
      if (isBroken(invariant, simulation.run(now -> isBroken(invariant, now)).broken())) {
        return;
      }
    }
    assertThat(false).as("invariant %d broken within four seeds", invariant).isTrue();
  }

  private static boolean isBroken(int invariant, List<Broken> broken) {
    return broken.stream().anyMatch(each -> each.invariant() == invariant);
  }

  private record Kernel(IoPriorities real, IntUnaryOperator target, boolean restores)
      implements IoPriorities {
    @Override
    public ReadResult<IoPriority> get(int pid) {
      return real.get(pid);
    }

    @Override
    public Optional<String> set(int pid, IoPriority priority) {
      return real.set(target.applyAsInt(pid), priority);
    }

    @Override
    public Optional<String> restore(int pid, IoPriority recorded) {
      return restores ? real.restore(pid, recorded) : Optional.empty();
    }
  }

  @Test
  void aPriorityThatHitsAnotherTaskBreaksTheFirst() {
    catches(
        1,
        new Parts() {
          @Override
          public IoPriorities priorities(IoPriorities kernel) {
            return new Kernel(kernel, pid -> pid ^ 3, true);
          }
        });
  }

  @Test
  void aLeaseThatRestoresNothingBreaksTheSecond() {
    catches(
        2,
        new Parts() {
          @Override
          public IoPriorities priorities(IoPriorities kernel) {
            return new Kernel(kernel, pid -> pid, false);
          }
        });
  }

  @Test
  void aLimitThatIsNeverLiftedBreaksTheSecond() {
    catches(
        2,
        new Parts() {
          @Override
          public LimitGroups groups(LimitGroups kernel) {
            return new Sticky(kernel);
          }
        });
  }

  /** Groups that nobody leaves. */
  private static final class Sticky extends ForwardingGroups {
    Sticky(LimitGroups real) {
      super(real);
    }

    @Override
    public Optional<String> move(int pid, String group) {
      return group.equals(ROOT) ? Optional.empty() : super.move(pid, group);
    }

    @Override
    public Optional<String> remove(String group) {
      return Optional.empty();
    }
  }

  @Test
  void anAgentThatWaitsForItsControllerBreaksTheThird() {
    catches(
        3,
        new Parts() {
          @Override
          public boolean ticks(boolean connected) {
            return connected;
          }
        });
  }

  @Test
  void acceptingAnOldEpochBreaksTheFourth() {
    catches(
        4,
        new Parts() {
          @Override
          public Command command(Command sent) {
            return new Command(
                sent.id(),
                sent.host(),
                1_000,
                sent.issuedBy(),
                sent.issuedAt(),
                sent.expiresInMs(),
                sent.reason(),
                sent.action());
          }
        });
  }

  @Test
  void silenceThatResolvesBreaksTheFifth() {
    catches(
        5,
        new Parts() {
          @Override
          public List<Effect> effects(List<Effect> effects) {
            return effects.stream()
                .map(effect ->
                    effect instanceof Effect.PublishAlert(Alert alert)
                            && alert.state() == Alert.State.UNKNOWN
                        ? new Effect.PublishAlert(with(alert, Alert.State.RESOLVED, alert.action()))
                        : effect)
                .toList();
          }
        });
  }

  @Test
  void brakesThatDoNotHoldBreakTheSixth() {
    catches(
        6,
        new Parts() {
          @Override
          public PolicySet policies(PolicySet set) {
            return new PolicySet(
                set.policies(), new SafetyLimits(4, 1, 1, 1), set.protect(), set.labels());
          }
        });
  }

  @Test
  void actingWithoutARecordBreaksTheSeventh() {
    catches(
        7,
        new Parts() {
          @Override
          public List<Effect> effects(List<Effect> effects) {
            return effects.stream()
                .filter(each -> !(each instanceof Effect.RecordDecision))
                .toList();
          }
        });
  }

  @Test
  void anOutcomeThatIsLostBreaksTheEighth() {
    catches(
        8,
        new Parts() {
          @Override
          public Optional<Outcome> outcome(Outcome outcome) {
            return Optional.empty();
          }
        });
  }

  @Test
  void successThatIsClaimedForNothingBreaksTheNinth() {
    catches(
        9,
        new Parts() {
          @Override
          public List<Effect> effects(List<Effect> effects) {
            return effects.stream()
                .map(effect ->
                    effect instanceof Effect.PublishAlert(Alert alert) && alert.action() != null
                        ? new Effect.PublishAlert(
                            with(alert, alert.state(), worked(alert.action())))
                        : effect)
                .toList();
          }
        });
  }

  private static Alert.Action worked(Alert.Action action) {
    return new Alert.Action(
        action.mode(),
        action.throttle(),
        action.priority(),
        action.limitPerS(),
        action.leaseMs(),
        action.workers(),
        Alert.Effect.WORKED,
        action.before(),
        action.after(),
        action.note(),
        action.neighboursBeforeMs(),
        action.neighboursAfterMs());
  }

  private static Alert with(Alert alert, Alert.State state, Alert.@Nullable Action action) {
    return new Alert(
        alert.id(),
        alert.incident(),
        state,
        alert.severity(),
        alert.policy(),
        alert.host(),
        alert.domain(),
        alert.disk(),
        alert.since(),
        alert.at(),
        alert.condition(),
        alert.evidence(),
        action,
        alert.summary());
  }
}
