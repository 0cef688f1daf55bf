package io.blkwarden.simulation.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.simulation.fleet.Oracle.Violation;
import io.blkwarden.simulation.fleet.Simulation.Plan;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The oracle detects the violation of each invariant, by one injected fault at a time. */
final class OracleTest {
  private static void catches(int invariant, Consumer<Environment.Faults> injected) {
    Environment.Faults faults = new Environment.Faults();
    injected.accept(faults);
    // without faults these seeds have no violations
    for (long seed : new long[] {1, 3, 2, 4}) {
      Simulation simulation = new Simulation(new Plan(seed, 6, 30), faults);
      if (violates(invariant, simulation.run(now -> violates(invariant, now)).violations())) {
        return;
      }
    }
    assertThat(false).as("invariant %d violated within four seeds", invariant).isTrue();
  }

  private static boolean violates(int invariant, List<Violation> violations) {
    return violations.stream().anyMatch(each -> each.invariant() == invariant);
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
  void restrainingAnotherTaskViolatesTheFirst() {
    catches(1, to -> to.priorities = kernel -> new Kernel(kernel, pid -> pid ^ 3, true));
  }

  @Test
  void leaseThatDoesNotRestoreViolatesTheSecond() {
    catches(2, to -> to.priorities = kernel -> new Kernel(kernel, pid -> pid, false));
  }

  @Test
  void remainingLimitViolatesTheSecond() {
    catches(2, to -> to.groups = Sticky::new);
  }

  /** Groups that tasks do not leave. */
  private record Sticky(LimitGroups real) implements LimitGroups {
    @Override
    public Optional<String> unavailable() {
      return real.unavailable();
    }

    @Override
    public ReadResult<String> groupOf(int pid) {
      return real.groupOf(pid);
    }

    @Override
    public Optional<String> limit(String group, DeviceNumber device, int perSecond) {
      return real.limit(group, device, perSecond);
    }

    @Override
    public ReadResult<Integer> limitOf(String group, DeviceNumber device) {
      return real.limitOf(group, device);
    }

    @Override
    public Optional<String> move(int pid, String group) {
      return group.equals(ROOT) ? Optional.empty() : real.move(pid, group);
    }

    @Override
    public Optional<String> remove(String group) {
      return Optional.empty();
    }

    @Override
    public ReadResult<List<String>> groups() {
      return real.groups();
    }
  }

  @Test
  void agentThatWaitsForItsControllerViolatesTheThird() {
    catches(3, to -> to.ticksOffline = false);
  }

  @Test
  void acceptingAnOldEpochViolatesTheFourth() {
    catches(
        4,
        to ->
            to.command =
                sent ->
                    new Command(
                        sent.id(),
                        sent.host(),
                        1_000,
                        sent.issuedBy(),
                        sent.issuedAt(),
                        sent.expiresInMs(),
                        sent.reason(),
                        sent.action()));
  }

  @Test
  void resolvingWithoutSamplesViolatesTheFifth() {
    catches(
        5,
        to ->
            to.effects =
                alerts(alert ->
                    alert.state() == Alert.State.UNKNOWN
                        ? with(alert, Alert.State.RESOLVED, alert.action())
                        : alert));
  }

  @Test
  void looseSafetyLimitsViolateTheSixth() {
    catches(
        6,
        to ->
            to.policies =
                set ->
                    new PolicySet(
                        set.policies(), new SafetyLimits(4, 1, 1, 1), set.protect(), set.labels()));
  }

  @Test
  void actingWithoutARecordViolatesTheSeventh() {
    catches(
        7,
        to ->
            to.effects =
                all ->
                    all.stream().filter(each -> !(each instanceof Effect.RecordDecision)).toList());
  }

  @Test
  void lostOutcomeViolatesTheEighth() {
    catches(8, to -> to.outcome = _ -> Optional.empty());
  }

  @Test
  void reportingSuccessForANoOpViolatesTheNinth() {
    catches(
        9,
        to ->
            to.effects =
                alerts(alert ->
                    alert.action() == null
                        ? alert
                        : with(alert, alert.state(), worked(alert.action()))));
  }

  private static UnaryOperator<List<Effect>> alerts(UnaryOperator<Alert> change) {
    return effects ->
        effects.stream()
            .map(effect ->
                effect instanceof Effect.PublishAlert(Alert alert)
                    ? new Effect.PublishAlert(change.apply(alert))
                    : effect)
            .toList();
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
        alert.summary(),
        null,
        null,
        null,
        null,
        null);
  }
}
