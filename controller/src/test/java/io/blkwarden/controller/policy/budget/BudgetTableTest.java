package io.blkwarden.controller.policy.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.policy.budget.BudgetPolicy.Line;
import io.blkwarden.model.message.Alert;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BudgetTableTest {
  private static final long DAY = 86_400_000;

  private final TestHost host = new TestHost("dom0-7");
  private final HostState state = new HostState(host.id);
  private long millis = 10 * DAY;

  private static BudgetPolicy policy(Line... lines) {
    return new BudgetPolicy(
        new DiskPolicy.Rule(
            "fair-use",
            Mode.SHADOW,
            Match.ANY,
            null,
            null,
            new Response(List.of(), 60_000, Alert.Severity.INFO)),
        List.of(lines),
        0.8);
  }

  private BudgetTable table(BudgetPolicy policy) {
    host.addSwap(1);
    state.apply(host.snapshot());
    state.accept(host.frame(), 3);
    return new BudgetTable(policy, new boolean[] {true});
  }

  private double pass(BudgetTable table, int seconds, long iops) {
    double part = Double.NaN;
    for (int i = 0; i < seconds; i++) {
      millis += 1_000;
      host.pass(1_000);
      host.reads(0, iops, 1, 500, 1);
      state.accept(host.frame(), 3);
      table.begin(millis);
      part = table.take(state, 0);
    }
    return part;
  }

  @Test
  void fourBudgetsOfADiskTakeAtMost400Bytes() {
    Line[] lines = new Line[BudgetPolicy.LINES_MAX];
    Arrays.fill(lines, new Line(Metric.IOPS, 80, DAY));
    boolean[] thousand = new boolean[1_000];
    Arrays.fill(thousand, true);
    assertThat(new BudgetTable(policy(lines), thousand).bytes()).isLessThanOrEqualTo(400 * 1_000);
    assertThat(new BudgetTable(policy(lines), new boolean[1_000]).bytes()).isZero();
  }

  @Test
  void meanCoversTheWindowWithinASlot() {
    BudgetTable table = table(policy(new Line(Metric.IOPS, 100, 110_000)));
    double part = pass(table, 55, 100);
    assertThat(part).isCloseTo(0.5, within(0.01));
    part = pass(table, 200, 100);
    assertThat(part).isBetween(10.0 / 11 - 0.01, 1.01);
    part = pass(table, 55, 0);
    assertThat(part).isBetween(0.40, 0.51);
    assertThat(pass(table, 60, 0)).isZero();
  }

  @Test
  void oneSecondPerDayIsCounted() {
    BudgetTable table = table(policy(new Line(Metric.IOPS, 1, DAY)));
    assertThat(pass(table, 1, 8_640)).isCloseTo(0.1, within(1e-4));
    assertThat(pass(table, 1_000, 8_640)).isCloseTo(100.1, within(0.05));
  }

  @Test
  void mostUsedBudgetApplies() {
    BudgetTable table =
        table(policy(new Line(Metric.IOPS, 100, 3_600_000), new Line(Metric.IOPS, 300, 10_000)));
    pass(table, 12, 400);
    BudgetTable.Use use = table.use(0);
    assertThat(use.line()).isEqualTo(1);
    assertThat(use.part()).isGreaterThan(1.2);
    assertThat(use.mean()).isBetween(360.0, 401.0);
  }

  @Test
  void budgetIsEvaluatedOnlyForAKnownWindow() {
    BudgetTable table = table(policy(new Line(Metric.IOPS, 100, 110_000)));
    pass(table, 120, 200);
    assertThat(table.use(0).over()).isFalse();
    millis += 300_000;
    host.pass(300_000);
    host.reads(0, 1_000_000, 1, 500, 1);
    state.accept(host.frame(), 3);
    table.begin(millis);
    table.take(state, 0);
    assertThat(table.use(0).part()).isZero();
    assertThat(table.use(0).over()).isFalse();
    pass(table, 80, 0);
    assertThat(table.use(0).over()).isFalse();
    pass(table, 30, 0);
    assertThat(table.use(0).over()).isTrue();
  }

  @Test
  void usageFollowsTheDisk() {
    BudgetPolicy policy = policy(new Line(Metric.IOPS, 100, 110_000));
    BudgetTable table = table(policy);
    pass(table, 55, 100);
    BudgetTable next = new BudgetTable(policy, new boolean[] {false, true});
    next.carry(1, table, 0);
    assertThat(next.use(1)).isEqualTo(table.use(0));
    BudgetTable other =
        new BudgetTable(policy(new Line(Metric.IOPS, 9, 110_000)), new boolean[] {true});
    other.begin(millis);
    other.carry(0, table, 0);
    assertThat(other.use(0).part()).as("other budgets start empty").isZero();
  }
}
