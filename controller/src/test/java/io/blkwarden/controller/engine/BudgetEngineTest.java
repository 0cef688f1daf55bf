package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Budgets: a warning, then the ladder, then the release when the mean is below the budget. */
final class BudgetEngineTest {
  private final EngineRig rig =
      EngineRig.acting(
          """
          policies:
            - name: fair-use
              mode: auto
              match: { role: root }
              budget: [ { metric: iops, mean_above: 80, over: 110s },
                        { metric: iops, mean_above: 500, over: 11s } ]
              then: { ladder: [ best-effort/7 ], lease: 10m, alert: info }
          brakes: { stop_if_hosts_anomalous: 1% }
          """);
  private final TestHost host = new TestHost("dom0-7");
  private int disk;

  @BeforeEach
  void begin() {
    disk = host.add("vm5", 5, VolumeRole.ROOT, MappingState.RESOLVED);
    host.addSwap(5);
    rig.start(host);
  }

  private List<Effect> use(int seconds, int iops) {
    return rig.seconds(seconds, host, () -> host.reads(disk, iops, 2, 900, 1));
  }

  @Test
  void warnsThenThrottlesAndEnds() {
    assertThat(use(70, 100)).isEmpty();
    List<Effect> effects = use(2, 100);
    assertThat(EngineRig.states(effects)).containsExactly("firing");
    assertThat(EngineRig.sends(effects)).isEmpty();
    Alert warned = EngineRig.alerts(effects).getFirst();
    assertThat(warned.severity()).isEqualTo(Alert.Severity.INFO);
    assertThat(warned.condition().above()).isEqualTo(80);
    assertThat(warned.condition().forMs()).isEqualTo(110_000);
    assertThat(warned.summary())
        .contains("vm5 on dom0-7 has used 8")
        .contains("% of its budget")
        .endsWith("; not throttled: only the warning threshold is exceeded so far.");

    effects = use(20, 100);
    assertThat(EngineRig.sends(effects)).hasSize(1);
    Command command = EngineRig.sends(effects).getFirst();
    assertThat(EngineRig.set(command).restraint()).isEqualTo(Restraint.Priority.bestEffort(7));
    assertThat(command.reason()).startsWith("policy fair-use: iops is 8");
    effects = rig.outcome(command, Outcome.Result.APPLIED);
    assertThat(EngineRig.states(effects)).containsExactly("handled");

    effects = use(20, 60);
    assertThat(EngineRig.states(effects)).doesNotContain("resolved");
    effects = use(80, 20);
    assertThat(EngineRig.states(effects)).contains("resolved");
    assertThat(EngineRig.sends(effects).getLast().action()).isInstanceOf(CommandAction.Reset.class);
  }

  @Test
  void shortBudgetIsEvaluated() {
    List<Effect> effects = use(7, 1_000); // 80% of the long budget
    assertThat(EngineRig.sends(effects)).hasSize(1);
    assertThat(EngineRig.alerts(effects).getFirst().condition().above()).isEqualTo(500);
    assertThat(EngineRig.alerts(effects).getFirst().condition().forMs()).isEqualTo(11_000);
  }

  @Test
  void usageFollowsTheDiskWhenTheMapChanges() {
    use(50, 100);
    host.add("vm9", 9, VolumeRole.DATA, MappingState.RESOLVED);
    host.revision++;
    host.baseId++;
    rig.map(host);
    assertThat(EngineRig.states(use(25, 100))).contains("firing");
  }

  @Test
  void staleHostUsesNoBudgetAndEndsNoBreach() {
    use(75, 100);
    rig.pass(200_000, host);
    List<Effect> effects = rig.sample(host);
    effects.addAll(use(60, 10));
    assertThat(EngineRig.states(effects)).doesNotContain("resolved");
    assertThat(EngineRig.states(use(60, 10))).contains("resolved");
  }
}
