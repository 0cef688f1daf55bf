package io.blkwarden.controller.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Condition;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Glob;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.swap.SwapPolicy;
import io.blkwarden.controller.policy.threshold.ThresholdPolicy;
import io.blkwarden.controller.policy.total.FleetPolicy;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PolicyReaderTest {
  private static final String SWAP_STORM =
      """
      policies:
        - name: swap-storm
          mode: auto
          match: { role: swap, domain: "vm*", host: "dom0-*" }
          when:  { metric: iops, above: 200, for: 10s, clear_below: 100, clear_for: 60s }
          only_if:
            any: [ { metric: device.util, above: 0.8 }, { metric: host.io_full, above: 20% } ]
          then:
            ladder: [ best-effort/7, idle, limit 20/s ]
            lease: 5m
            alert: warning
      brakes: { disks_per_host: 3, disks_per_domain: 2,
                hosts_throttled: 6%, stop_if_hosts_anomalous: 12% }
      protect: [ { domain: "billing-*" } ]
      """;

  private static PolicyLoad read(String text) {
    return PolicyReader.read(List.of(new PolicyFile("p.yaml", text)), PolicyLoad.NONE);
  }

  private static List<String> problems(String text) {
    return read(text).problems().stream().map(PolicyProblem::toString).toList();
  }

  @Test
  void readsACompleteFile() {
    PolicyLoad load = read(SWAP_STORM);

    assertThat(load.problems()).isEmpty();
    assertThat(load.policies().policies())
        .containsExactly(
            new ThresholdPolicy(
                new DiskPolicy.Rule(
                    "swap-storm",
                    Mode.AUTO,
                    new Match(
                        List.of(VolumeRole.SWAP), new Glob("vm*"), new Glob("dom0-*"), Glob.ANY),
                    new Condition(
                        Condition.Combine.ANY,
                        List.of(
                            new Condition.Term(Metric.DEVICE_UTIL, 0.8),
                            new Condition.Term(Metric.HOST_IO_FULL, 0.2))),
                    null,
                    new Response(
                        List.of(
                            Restraint.Priority.bestEffort(7),
                            Restraint.Priority.IDLE,
                            new Restraint.Limit(20)),
                        300_000,
                        Alert.Severity.WARNING)),
                new Threshold(Metric.IOPS, 200, 10_000, 100, 60_000)));
    assertThat(load.policies().safetyLimits()).isEqualTo(new SafetyLimits(3, 2, 0.06, 0.12));
    assertThat(load.policies().protect())
        .containsExactly(new Match(List.of(), new Glob("billing-*"), Glob.ANY, Glob.ANY));
  }

  @Test
  void defaultsAreShadowHalfTheThresholdOneMinuteAndAlertOnly() {
    PolicyLoad load =
        read("policies: [ { name: p, when: { metric: util, above: 90%, for: 5s } } ]");

    assertThat(load.problems()).isEmpty();
    assertThat(load.policies().policies())
        .containsExactly(
            new ThresholdPolicy(
                new DiskPolicy.Rule(
                    "p",
                    Mode.SHADOW,
                    Match.ANY,
                    null,
                    null,
                    new Response(List.of(), 300_000, Alert.Severity.WARNING)),
                new Threshold(Metric.UTIL, 0.9, 5_000, 0.45, 60_000)));
  }

  @Test
  void readsKeepFiringForAndRemindEvery() {
    PolicyLoad load =
        read(
            "policies: [ { name: p, when: { metric: util, above: 90%, for: 5s },"
                + " then: { keep_firing_for: 5m, remind_every: 1h } } ]");

    assertThat(load.problems()).isEmpty();
    assertThat(load.policies().policies())
        .singleElement()
        .isInstanceOfSatisfying(
            ThresholdPolicy.class,
            policy ->
                assertThat(policy.then().life())
                    .isEqualTo(new Response.AlertLife(300_000, 3_600_000)));
    assertThat(
            read("policies: [ { name: p, when: { metric: util, above: 90%, for: 5s },"
                    + " then: { remind_every: 1s } } ]")
                .problems())
        .singleElement()
        .asString()
        .contains("remind_every", "10s to 1d");
  }

  @Test
  void reportsAllProblemsWithTheirPositions() {
    assertThat(
            problems(
                """
                policies:
                  - name: a
                    mod: auto
                    when: { metric: iosp, above: 200, for: 10s }
                    then: { ladder: [ idle, best-effort/9 ], lease: 2s, alert: loud }
                  - name: a
                    when: { metric: iops, above: 200, for: 10, clear_below: 300 }
                brake: {}
                """))
        .containsExactly(
            "p.yaml:3:5: policy a: policies[0].mod: unknown key; expected blame, budget, fleet,"
                + " match, mode, name, only_if, scope, standing, swap, then, when; did you mean"
                + " 'mode'?",
            "p.yaml:4:21: policy a: policies[0].when.metric: expected one of "
                + "await_ms, bytes_per_s, device.await_ms, device.in_flight, device.iops,"
                + " device.laggards, device.util, device_time_share, discard_bytes_per_s,"
                + " discard_iops, domain.bytes_per_s, domain.iops, flush_iops, host.io_full,"
                + " host.io_some, in_flight, iops, normalised_iops,"
                + " out_of_requests_per_s, read_await_ms, read_bytes_per_s, read_iops,"
                + " swap.bytes_per_s, swap.in_bytes_per_s, swap.iops, swap.out_bytes_per_s, util,"
                + " write_await_ms, write_bytes_per_s, write_iops,"
                + " found 'iosp'; did you mean 'iops'?",
            "p.yaml:5:29: policy a: policies[0].then.ladder[1]: expected idle, best-effort/0 to"
                + " best-effort/7, or limit 10/s to limit 100000/s, found 'best-effort/9'",
            "p.yaml:5:53: policy a: "
                + "policies[0].then.lease: expected a duration of 10s to 1h, found '2s'",
            "p.yaml:5:64: policy a: "
                + "policies[0].then.alert: expected one of critical, info, warning, found"
                + " 'loud'",
            "p.yaml:7:44: policy a: "
                + "policies[1].when.for: expected a duration such as 500ms, 10s, 5m or 2h,"
                + " found '10'",
            "p.yaml:7:61: policy a: "
                + "policies[1].when.clear_below: expected at most 'above', 200/s, found"
                + " '300'",
            "p.yaml:8:1: brake: unknown key; expected brakes, policies, protect; did you mean"
                + " 'brakes'?");
  }

  @Test
  void readsWindowsAndSwapping() {
    PolicyLoad load =
        read(
            """
            policies:
              - name: bursts
                when: { metric: iops, above: 200, windows: 3 of 5, window: 10s, samples: 4 }
              - name: out-of-memory
                swap: { above: 1MB/s, for: 30s, clear_below: 200kB/s, clear_for: 20s }
            """);

    assertThat(load.problems()).isEmpty();
    Response alertOnly = new Response(List.of(), 300_000, Alert.Severity.WARNING);
    assertThat(load.policies().policies())
        .containsExactly(
            new ThresholdPolicy(
                new DiskPolicy.Rule("bursts", Mode.SHADOW, Match.ANY, null, null, alertOnly),
                new Threshold(
                    Metric.IOPS, 200, 30_000, 100, 60_000, 4, new Threshold.Windows(3, 5, 10_000))),
            new SwapPolicy(
                new DiskPolicy.Rule("out-of-memory", Mode.SHADOW, Match.ANY, null, null, alertOnly),
                new Threshold(Metric.SWAP_BYTES, 1e6, 30_000, 2e5, 20_000)));
  }

  @Test
  void readsWindowsThatSpanMoreThanADay() {
    PolicyLoad load =
        read(
            """
            policies:
              - name: slow
                when: { metric: iops, above: 200, windows: 3 of 5, window: 12h }
            """);

    assertThat(load.problems()).isEmpty();
    assertThat(load.policies().policies())
        .singleElement()
        .satisfies(
            each -> assertThat(((ThresholdPolicy) each).when().forMillis()).isEqualTo(129_600_000));
  }

  @Test
  void reportsProblemsOfWindowsAndSwapping() {
    assertThat(
            problems(
                """
                policies:
                  - name: a
                    when: { metric: iops, above: 200, windows: 6 of 5, window: 10s, samples: 0 }
                  - name: b
                    when: { metric: iops, above: 200, windows: 3 of 5, for: 10s }
                  - name: c
                    swap: { above: 200, for: 1w, clear_below: 300 }
                  - name: d
                    swap: { above: 200, for: 1m }
                    when: { metric: iops, above: 200, for: 10s }
                """))
        .containsExactly(
            "p.yaml:3:48: policy a: "
                + "policies[0].when.windows: expected windows such as '3 of 5', at most 30,"
                + " found '6 of 5'",
            "p.yaml:3:78: policy a: "
                + "policies[0].when.samples: expected a number of samples, 1 to 10000,"
                + " found '0'",
            "p.yaml:5:11: policy b: "
                + "policies[1].when.window: expected a duration such as 500ms, 10s, 5m or"
                + " 2h, found nothing",
            "p.yaml:5:61: policy b: "
                + "policies[1].when.for: expected either 'for' or 'windows', found both",
            "p.yaml:7:30: policy c: "
                + "policies[2].swap.for: expected a duration such as 500ms, 10s, 5m or 2h,"
                + " found '1w'",
            "p.yaml:7:47: policy c: "
                + "policies[2].swap.clear_below: expected at most 'above', 200 B/s, found"
                + " '300'",
            "p.yaml:8:5: policy d: "
                + "policies[3].swap: expected one of 'when', 'swap', 'budget', 'standing',"
                + " 'fleet', found when and swap");
  }

  @Test
  void readsTotalsOverTheFleet() {
    PolicyLoad load =
        read(
            """
            policies:
              - name: fleet-swap
                fleet: { metric: swap.bytes_per_s, sum_above: 2GB/s, for: 1m }
                then: { alert: critical }
              - name: congested
                match: { host: "dom0-*" }
                fleet: { of: { metric: host.io_full, above: 20% }, share_above: 10%, for: 1m,
                         clear_below: 4%, clear_for: 2m }
            """);

    assertThat(load.problems()).isEmpty();
    assertThat(load.policies().policies())
        .containsExactly(
            new FleetPolicy(
                "fleet-swap",
                Match.ANY,
                FleetPolicy.Total.SUM,
                0,
                new Threshold(Metric.SWAP_BYTES, 2e9, 60_000, 1e9, 60_000),
                Alert.Severity.CRITICAL),
            new FleetPolicy(
                "congested",
                Match.ofHosts(new Glob("dom0-*")),
                FleetPolicy.Total.SHARE,
                0.2,
                new Threshold(Metric.HOST_IO_FULL, 0.1, 60_000, 0.04, 120_000),
                Alert.Severity.WARNING));
  }

  @Test
  void reportsProblemsOfTotals() {
    assertThat(
            problems(
                """
                policies:
                  - name: a
                    mode: auto
                    fleet: { metric: iops, sum_above: 200, share_above: 10%, for: 1m }
                    then: { ladder: [ idle ] }
                  - name: b
                    match: { role: swap }
                    fleet: { of: { metric: host.io_full, above: 20% }, count_above: 5%, for: 1m }
                  - name: c
                    fleet: { metric: iops, for: 1m }
                  - name: d
                    match: { role: swap }
                    fleet: { of: { metric: host.io_full, above: 20% }, count_above: 5, for: 1m }
                """))
        .anyMatch(problem -> problem.contains("policies[0].mode: expected observe"))
        .anyMatch(problem -> problem.contains("policies[0].then.ladder: expected nothing"))
        .anyMatch(problem -> problem.contains("policies[0].fleet.share_above: expected one of"))
        .anyMatch(problem ->
            problem.contains("policies[1].fleet.count_above: expected a plain number such as 32"))
        .anyMatch(problem -> problem.contains("policies[2].fleet.sum_above: expected one of"))
        .anyMatch(problem -> problem.contains("policies[3].match: expected 'host' only"));
  }

  @Test
  void matchesByLabels() {
    PolicyLoad load =
        read(
            """
            policies:
              - name: p
                match: { plan: small, owner: "x*", label: { tier: "g?ld" }, device: hdd }
                when: { metric: iops, above: 200, for: 10s }
            """);

    assertThat(load.problems()).isEmpty();
    assertThat(load.policies().policies())
        .extracting(policy -> ((ThresholdPolicy) policy).match())
        .containsExactly(
            new Match(
                List.of(),
                Glob.ANY,
                Glob.ANY,
                Glob.ANY,
                new Glob("small"),
                new Glob("x*"),
                Map.of("tier", new Glob("g?ld")),
                List.of(DeviceClass.HDD)));
    assertThat(
            problems(
                """
                policies:
                  - name: p
                    match: { plan: [ a ], label: { tier: [ b ] } }
                    when: { metric: iops, above: 200, for: 10s }
                """))
        .containsExactly(
            "p.yaml:3:20: policy p: "
                + "policies[0].match.plan: expected a pattern of 1 to 255 characters such"
                + " as vm*, found 'a list'",
            "p.yaml:3:42: policy p: "
                + "policies[0].match.label.tier: expected a pattern of 1 to 255 characters"
                + " such as vm*, found 'a list'");
  }

  @Test
  void deviceIsHddOrSsd() {
    assertThat(
            problems(
                """
                policies:
                  - name: p
                    match: { device: [ ssd, disk ] }
                    when: { metric: iops, above: 200, for: 10s }
                """))
        .containsExactly(
            "p.yaml:3:29: policy p: "
                + "policies[0].match.device[1]: expected one of hdd, ssd, found 'disk'");
  }

  @Test
  void clearBelowIsAtMostAbove() {
    assertThat(
            problems(
                "policies: [ { name: p,"
                    + " when: { metric: iops, above: 200, for: 5s, clear_below: 300 } } ]"))
        .containsExactly(
            "p.yaml:1:80: policy p: "
                + "policies[0].when.clear_below: expected at most 'above', 200/s, found"
                + " '300'");
  }

  @Test
  void duplicateKeysAndNamesAreProblems() {
    assertThat(problems("brakes: {}\nbrakes: {}"))
        .containsExactly("p.yaml:2:1: brakes: expected once, found twice");
    assertThat(
            problems(
                """
                policies:
                  - { name: p, when: { metric: iops, above: 2, for: 5s } }
                  - { name: p, when: { metric: iops, above: 2, for: 5s } }
                """))
        .containsExactly(
            "p.yaml:3:5: policies.name: expected a unique name, found 'p', which is in this"
                + " file too");
  }

  @Test
  void invalidYamlIsReportedWithItsPosition() {
    assertThat(problems("policies: [ { name: p }"))
        .singleElement()
        .asString()
        .startsWith("p.yaml:1:")
        .contains("not YAML");
    assertThat(problems("- 1"))
        .containsExactly("p.yaml:1:1: expected keys and values, found 'a list'");
  }

  @Test
  void sizeOfTheTreeIsLimited() {
    assertThat(problems("a: &x [1]\nb: *x"))
        .containsExactly("p.yaml:2:4: aliases are not supported: write the value out");
    assertThat(problems("[".repeat(100_000))).singleElement().asString().contains("16 levels");
    assertThat(problems("x".repeat(300_000))).singleElement().asString().contains("characters");
    assertThat(problems("policies: [" + "1,".repeat(60_000) + "]"))
        .singleElement()
        .asString()
        .contains("50000 values");
  }

  @Test
  void validFilesLoadDespiteInvalidOnes() {
    PolicyLoad load =
        PolicyReader.read(
            List.of(
                new PolicyFile("bad.yaml", "policies: [ { nam: x } ]"),
                new PolicyFile("good.yaml", SWAP_STORM)),
            PolicyLoad.NONE);

    assertThat(load.policies().policies()).hasSize(1);
    assertThat(load.problems()).isNotEmpty().allMatch(problem -> problem.file().equals("bad.yaml"));
  }

  @Test
  void invalidFileKeepsItsLastValidVersion() {
    PolicyLoad before = read(SWAP_STORM);
    PolicyLoad load =
        PolicyReader.read(List.of(new PolicyFile("p.yaml", SWAP_STORM + "\nx: 1")), before);

    assertThat(load.problems()).hasSize(1);
    assertThat(load.keptFromBefore()).containsExactly("p.yaml");
    assertThat(load.policies()).isEqualTo(before.policies());
  }

  @Test
  void removedFileNoLongerApplies() {
    assertThat(PolicyReader.read(List.of(), read(SWAP_STORM)).policies().policies()).isEmpty();
  }

  @Test
  void protectRulesOfAnInvalidFileApply() {
    PolicyLoad load =
        read(
            """
            policies: [ { name: p } ]
            protect: [ { domain: "billing-*" }, { domian: "x" } ]
            """);

    assertThat(load.policies().policies()).isEmpty();
    assertThat(load.policies().protect())
        .containsExactly(new Match(List.of(), new Glob("billing-*"), Glob.ANY, Glob.ANY));
  }

  @Test
  void namesAndBrakesAreUniqueAcrossFiles() {
    PolicyLoad load =
        PolicyReader.read(
            List.of(new PolicyFile("a.yaml", SWAP_STORM), new PolicyFile("b.yaml", SWAP_STORM)),
            PolicyLoad.NONE);

    assertThat(load.problems().stream().map(PolicyProblem::toString))
        .containsExactly(
            "b.yaml:2:5: policies.name: expected a unique name, found 'swap-storm', which is in"
                + " a.yaml too",
            "b.yaml:12:9: brakes: expected in one file only, found in a.yaml too");
    assertThat(load.policies().policies()).hasSize(1);
  }

  @Test
  void textOfFilesIsEscaped() {
    assertThat(problems("policies: [ { name: p, mode: \"\\e[31m\" } ]"))
        .anyMatch(problem -> problem.contains("'\\u001B[31m'"));
  }
}
