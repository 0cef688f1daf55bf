package io.blkwarden.controller.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.attribution.AttributionRule;
import io.blkwarden.controller.baseline.BaselineThreshold;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.policy.AttributionClause;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Glob;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.baseline.OutlierPolicy;
import io.blkwarden.controller.policy.budget.BudgetPolicy;
import io.blkwarden.controller.policy.standing.StandingPolicy;
import io.blkwarden.controller.policy.threshold.ScopedPolicy;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads budgets, fleet baselines, attribution and standing policies. */
final class PolicyKindsReaderTest {
  private static PolicyLoad read(String text) {
    return PolicyReader.read(List.of(new PolicyFile("p.yaml", text)), PolicyLoad.NONE);
  }

  private static List<String> problems(String text) {
    return read(text).problems().stream().map(PolicyProblem::toString).toList();
  }

  @Test
  void readsBudgets() {
    PolicyLoad load =
        read(
            """
            policies:
              - name: fair-use
                budget: [ { metric: iops, mean_above: 80, over: 2h },
                          { metric: write_bytes_per_s, mean_above: 300MB/s, over: 10m } ]
                warn_at: 90%
            """);
    assertThat(load.problems()).isEmpty();
    assertThat(load.policies().policies())
        .containsExactly(
            new BudgetPolicy(
                new DiskPolicy.Rule(
                    "fair-use",
                    Mode.SHADOW,
                    Match.ANY,
                    null,
                    null,
                    new Response(List.of(), 300_000, Alert.Severity.WARNING)),
                List.of(
                    new BudgetPolicy.Line(Metric.IOPS, 80, 7_200_000),
                    new BudgetPolicy.Line(Metric.WRITE_BYTES, 300e6, 600_000)),
                0.9));
  }

  @Test
  void reportsProblemsOfBudgets() {
    assertThat(
            problems(
                """
                policies:
                  - name: a
                    budget: [ { metric: iops, mean_above: 0, over: 1s },
                              { metric: iops, over: 25h } ]
                    warn_at: 110%
                  - name: b
                    budget: []
                  - name: c
                    when: { metric: iops, above: 200, for: 10s }
                    budget: []
                """))
        .containsExactly(
            "p.yaml:3:43: policy a: policies[0].budget[0].mean_above: expected above 0, found 0",
            "p.yaml:3:52: policy a: "
                + "policies[0].budget[0].over: expected a duration of 10s to 24h, found"
                + " '1s'",
            "p.yaml:4:15: policy a: "
                + "policies[0].budget[1].mean_above: expected a number a second such as 200"
                + " or 200/s, found nothing",
            "p.yaml:4:37: policy a: "
                + "policies[0].budget[1].over: expected a duration of 10s to 24h, found"
                + " '25h'",
            "p.yaml:5:14: policy a: "
                + "policies[0].warn_at: expected a part such as 0.8 or 80%, above 0 and at"
                + " most 1, found '110%'",
            "p.yaml:6:5: policy b: "
                + "policies[1].budget: expected 1 to 4 budgets { metric, mean_above, over },"
                + " found 0",
            "p.yaml:8:5: policy c: "
                + "policies[2].budget: expected one of 'when', 'swap', 'budget', 'standing',"
                + " 'fleet', found when and budget");
  }

  @Test
  void readsFleetBaselines() {
    PolicyLoad load =
        read(
            """
            policies:
              - name: a
                when: { metric: read_bytes_per_s,
                        above_fleet: { mean_plus_sigmas: 2, floor: 20MB/s },
                        windows: 3 of 5, window: 1m }
              - name: b
                when: { metric: iops, above_fleet: { percentile: 99.5, floor: 100, min_disks: 50 },
                        for: 5m, clear_for: 2m }
            """);
    assertThat(load.problems()).isEmpty();
    Response alertOnly = new Response(List.of(), 300_000, Alert.Severity.WARNING);
    assertThat(load.policies().policies())
        .containsExactly(
            new OutlierPolicy(
                new DiskPolicy.Rule("a", Mode.SHADOW, Match.ANY, null, null, alertOnly),
                new BaselineThreshold(2, null, 20e6, 20),
                new Threshold(
                    Metric.READ_BYTES,
                    20e6,
                    180_000,
                    10e6,
                    60_000,
                    1,
                    new Threshold.Windows(3, 5, 60_000))),
            new OutlierPolicy(
                new DiskPolicy.Rule("b", Mode.SHADOW, Match.ANY, null, null, alertOnly),
                new BaselineThreshold(0, 99.5, 100, 50),
                new Threshold(Metric.IOPS, 100, 300_000, 50, 120_000)));
  }

  @Test
  void reportsProblemsOfFleetBaselines() {
    assertThat(
            problems(
                """
                policies:
                  - name: a
                    when: { metric: host.io_full, for: 5m,
                            above_fleet: { percentile: 100, flor: 1 } }
                """))
        .hasSize(3)
        .anyMatch(problem -> problem.contains("expected a metric of disks"))
        .anyMatch(problem -> problem.contains("expected a percentile above 0 and below 100"))
        .anyMatch(problem -> problem.contains("did you mean 'floor'"));
  }

  @Test
  void readsBlame() {
    PolicyLoad load =
        read(
            """
            policies:
              - name: a
                when: { metric: iops, above: 200, for: 10s }
                blame: { against: device.await_ms, above: 30ms, correlation: 0.4, window: 5m,
                         margin: 0.2 }
              - name: b
                swap: { above: 1MB/s, for: 30s }
                blame: {}
            """);
    assertThat(load.problems()).isEmpty();
    assertThat(load.policies().policies())
        .extracting(policy -> ((DiskPolicy) policy).blame())
        .containsExactly(
            new AttributionClause(new AttributionRule(30, 0.4, 0.2), 300_000),
            new AttributionClause(new AttributionRule(20, 0.35, 0.1), 120_000));
  }

  @Test
  void reportsProblemsOfBlame() {
    assertThat(
            problems(
                """
                policies:
                  - name: a
                    when: { metric: iops, above: 200, for: 10s }
                    blame: { against: await_ms, above: 0ms, correlation: 2, window: 10s, margn: 1 }
                """))
        .hasSize(5)
        .anyMatch(problem -> problem.contains("expected one of device.await_ms, found 'await_ms'"))
        .anyMatch(problem -> problem.contains("expected a time above 0, like 20ms, found '0ms'"))
        .anyMatch(problem -> problem.contains("expected a number from 0 to 1, found '2'"))
        .anyMatch(problem -> problem.contains("expected a time from 1m to 1h, found '10s'"))
        .anyMatch(problem -> problem.contains("did you mean 'margin'"));
  }

  @Test
  void readsStandingPolicies() {
    PolicyLoad load =
        read(
            """
            policies:
              - name: a
                mode: auto
                match: { role: swap }
                standing: { priority: idle, lease: 24h }
              - name: b
                standing: { limit: 400/s, lease: 10m }
            """);
    assertThat(load.problems()).isEmpty();
    assertThat(load.policies().policies())
        .containsExactly(
            new StandingPolicy(
                "a",
                Mode.AUTO,
                new Match(List.of(VolumeRole.SWAP), Glob.ANY, Glob.ANY, Glob.ANY),
                Restraint.Priority.IDLE,
                86_400_000),
            new StandingPolicy("b", Mode.SHADOW, Match.ANY, new Restraint.Limit(400), 600_000));
  }

  @Test
  void reportsProblemsOfStandingPolicies() {
    assertThat(
            problems(
                """
                policies:
                  - name: a
                    standing: { priority: realtime/0, lease: 25h }
                  - name: b
                    standing: { limit: 5/s, prioritty: idle }
                  - name: c
                    standing: { priority: idle, limit: 20/s }
                    then: { alert: info }
                  - name: d
                    standing: {}
                """))
        .containsExactly(
            "p.yaml:3:27: policy a: "
                + "policies[0].standing.priority: expected idle, or best-effort/0 to"
                + " best-effort/7, found 'realtime/0'",
            "p.yaml:3:46: policy a: "
                + "policies[0].standing.lease: expected a duration of 10s to 24h, found"
                + " '25h'",
            "p.yaml:5:24: policy b: "
                + "policies[1].standing.limit: expected a limit of 10/s to 100000/s, found"
                + " '5/s'",
            "p.yaml:5:29: policy b: "
                + "policies[1].standing.prioritty: unknown key; expected lease, limit,"
                + " priority; did you mean 'priority'?",
            "p.yaml:7:15: policy c: "
                + "policies[2].standing.priority: expected either 'priority' or 'limit'",
            "p.yaml:8:5: policy c: "
                + "policies[2].then: unknown key; expected budget, fleet, match, mode, name,"
                + " standing, swap, when; did you mean 'when'?",
            "p.yaml:10:15: policy d: "
                + "policies[3].standing.priority: expected either 'priority' or 'limit'");
  }

  private static List<String> scoped(String more) {
    return problems(
        """
        policies:
          - name: slow
            scope: device
        """
            + more);
  }

  @Test
  void readsScopes() {
    PolicyLoad load =
        read(
            """
            policies:
              - name: slow
                scope: device
                match: { host: "dom0-*", device: hdd }
                when: { metric: device.await_ms, above: 50, for: 2m }
                then: { alert: critical }
              - name: full
                scope: host
                when: { metric: host.io_full, above: 20%, for: 1m }
              - name: disks
                scope: disk
                when: { metric: await_ms, above: 50, for: 2m }
            """);

    assertThat(load.problems()).isEmpty();
    assertThat(load.policies().policies())
        .extracting(each -> each.getClass().getSimpleName())
        .containsExactly("ScopedPolicy", "ScopedPolicy", "ThresholdPolicy");
    assertThat(((ScopedPolicy) load.policies().policies().getFirst()).scope())
        .isEqualTo(MetricScope.DEVICE);
  }

  @Test
  void scopeAllowsOnlyItsOwnMatchers() {
    assertThat(scoped("    when: { metric: iops, above: 50, for: 2m }\n"))
        .singleElement()
        .asString()
        .contains("p.yaml:4", "expected one of device.*, because of 'scope: device'", "'iops'");
    assertThat(
            scoped(
                """
                    match: { role: swap }
                    when: { metric: device.util, above: 50%, for: 2m }
                """))
        .singleElement()
        .asString()
        .contains("p.yaml:4", "match: expected only 'host' and 'device' with 'scope: device'");
    assertThat(
            scoped(
                """
                    when: { metric: device.util, above: 50%, for: 2m }
                    only_if: { any: [ { metric: iops, above: 5 } ] }
                """))
        .singleElement()
        .asString()
        .contains("p.yaml:5", "only_if: expected only metrics of devices and hosts");
  }

  @Test
  void scopeOnlyAlerts() {
    assertThat(
            scoped(
                """
                    when: { metric: device.util, above: 50%, for: 2m }
                    blame: { margin: 0.1 }
                    then: { ladder: [ idle ] }
                """))
        .hasSize(2)
        .anySatisfy(each -> assertThat(each).contains("blame: expected none"))
        .anySatisfy(each -> assertThat(each).contains("then.ladder: expected none"));
  }

  @Test
  void scopeIsOneOfThree() {
    assertThat(
            problems(
                """
                policies:
                  - name: slow
                    scope: volume
                    when: { metric: device.util, above: 50%, for: 2m }
                """))
        .singleElement()
        .asString()
        .contains("p.yaml:3", "scope", "'volume'");
    assertThat(
            problems(
                """
                policies:
                  - name: slow
                    scope: device
                    standing: { priority: idle }
                """))
        .singleElement()
        .asString()
        .contains("scope");
  }
}
