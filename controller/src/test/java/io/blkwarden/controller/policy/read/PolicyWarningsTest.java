package io.blkwarden.controller.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.controller.testing.Fleet;
import io.blkwarden.model.HostId;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Warnings about valid policies, and the problems of typical mistakes. */
final class PolicyWarningsTest {
  private static final String WHEN = "    when: { metric: iops, above: 200, for: 10s }\n";

  private static PolicyLoad load(String body) {
    return PolicyReader.read(
        List.of(new PolicyFile("p.yaml", "policies:\n  - name: x\n" + body)), PolicyLoad.NONE);
  }

  private static List<String> warnings(String body) {
    PolicyLoad load = load(body);
    assertThat(load.problems()).isEmpty();
    return PolicyWarnings.of(load).stream().map(PolicyProblem::toString).toList();
  }

  private static List<String> problems(String body) {
    return load(body).problems().stream().map(PolicyProblem::toString).toList();
  }

  private static List<PolicyProblem> unmatched(String body) {
    PolicyLoad load = load(body);
    assertThat(load.problems()).isEmpty();
    return PolicyWarnings.unmatched(
        load, load.policies(), List.of(Fleet.snapshot(new HostId("dom0-7"), 1, "vm176")));
  }

  @Test
  void actingNeedsALadder() {
    assertThat(warnings("    mode: auto\n" + WHEN))
        .containsExactly(
            "p.yaml:2:5: policy x: only alerts: mode auto needs a then.ladder to throttle");
    assertThat(warnings("    mode: approve\n" + WHEN)).hasSize(1);
    assertThat(warnings("    mode: auto\n" + WHEN + "    then: { ladder: [ idle ] }\n")).isEmpty();
    assertThat(warnings(WHEN)).isEmpty();
    assertThat(warnings("    mode: observe\n" + WHEN)).isEmpty();
  }

  @Test
  void standingNeedsMoreThanObserve() {
    assertThat(warnings("    mode: observe\n    standing: { priority: idle }\n"))
        .singleElement()
        .asString()
        .contains("policy x: does nothing");
    assertThat(warnings("    mode: shadow\n    standing: { limit: 10/s }\n")).isEmpty();
  }

  @Test
  void limitBelowClearBelowIsReported() {
    String limit = "    then: { ladder: [ idle, limit 50/s ] }\n";
    assertThat(warnings(WHEN + limit))
        .containsExactly(
            "p.yaml:2:5: policy x: the step 'limit 50/s' itself brings iops below clear_below"
                + " (100): set clear_below lower");
    assertThat(warnings(WHEN.replace("for:", "clear_below: 40, for:") + limit)).isEmpty();
    assertThat(warnings(WHEN.replace("iops", "domain.iops") + limit)).isEmpty();
    assertThat(warnings(WHEN.replace("iops", "await_ms") + limit)).isEmpty();
  }

  @Test
  void policiesThatMatchNothingInTheFleet() {
    assertThat(unmatched("    match: { role: swap, domain: \"vm*\" }\n" + WHEN)).isEmpty();
    assertThat(unmatched("    match: { domain: \"db*\" }\n" + WHEN))
        .singleElement()
        .asString()
        .contains("policy x: matches nothing in the stored maps of 1 hosts");
    assertThat(unmatched("    match: { role: root }\n    swap: { above: 1MB/s, for: 30s }\n"))
        .hasSize(1);
    String device = "    when: { metric: device.util, above: 50%, for: 1m }\n";
    assertThat(unmatched("    scope: device\n    match: { host: \"dom0-*\" }\n" + device))
        .isEmpty();
    assertThat(unmatched("    scope: device\n    match: { host: \"db-*\" }\n" + device)).hasSize(1);
    assertThat(
            unmatched(
                """
                    match: { host: "db-*" }
                    fleet: { metric: iops, sum_above: 2000, for: 1m }
                """))
        .hasSize(1);
  }

  @Test
  void oneMistakeIsOneProblem() {
    SoftAssertions softly = new SoftAssertions();
    List.of(
            "    when: { metric: iosp, above: 200, for: 10s }\n",
            "    when: { metric: iosp, above: 20MB/s, for: 10s, clear_below: 10MB/s }\n",
            "    when: { above: 200, for: 10s }\n",
            "    when: { metric: iops, above: 200 }\n",
            "    when: { metric: iops, above: 20MB/s, for: 10s }\n",
            "    when: { metric: iops, above: 200, for: 10 }\n",
            "    when: { metric: iops, above: 200, fro: 10s }\n",
            "    when: { metric: iops, abov: 200, for: 10s }\n",
            "    when: { metirc: iops, above: 200, for: 10s }\n",
            "    when: { metric: iops, above: 200, for: 10s, clear_below: 300 }\n",
            "    when: { metric: iops, above: 200, windows: 4 of 12 }\n",
            "    when: { metric: iops, above: 200, window: 5s }\n",
            "    when: { metric: iops, above: 200, windows: 13 of 12, window: 5s }\n",
            "    when: { metric: iops, above: 200, for: 10s, windows: 1 of 2, window: 5s }\n",
            "    wehn: { metric: iops, above: 200, for: 10s }\n",
            "    when: 200\n",
            "    when:\n",
            "    mode: automatic\n" + WHEN,
            "    scope: volume\n" + WHEN,
            "    scope: device\n    when: { metric: iosp, above: 200, for: 10s }\n",
            "    scope: device\n    when: { metric: device.util, above: 50% }\n",
            WHEN + "    then: { ladders: [ idle ] }\n",
            WHEN + "    then: { ladder: [ slow ] }\n",
            WHEN + "    ladder: [ idle ]\n",
            WHEN + "    then: { lease: 5 }\n",
            WHEN + "    match: { role: swop }\n",
            WHEN + "    only_if: { any: [ { metric: iosp, above: 2 } ] }\n",
            WHEN + "    only_if: { any: [ { metric: iops } ] }\n",
            WHEN + "    only_if: { metric: iops, above: 2 }\n",
            WHEN + "    blame: { margin: 2 }\n",
            "    swap: { above: 1, for: 10 }\n",
            "    swap: { above: 1MB/s, form: 10s }\n",
            "    swap: { above: 1MB/s, for: 10s, clear_below: 2MB/s }\n",
            "    budget: [ { metric: iosp, mean_above: 80, over: 2h } ]\n",
            "    budget: [ { metric: iops, mean_above: 80, over: 2d } ]\n",
            "    budget: [ { metric: iops, mean_above: 80 } ]\n",
            "    standing: { priority: fast }\n",
            "    standing: { priorty: idle }\n",
            "    standing: { lease: 5m }\n",
            "    fleet: { metric: iosp, sum_above: 2, for: 1m }\n",
            "    fleet: { metric: iops, sum_abov: 2, for: 1m }\n",
            "    fleet: { metric: iops, sum_above: 2 }\n",
            "    fleet: { of: { metric: iops }, count_above: 2, for: 1m }\n",
            "    when: { metric: iops, above_fleet: { percentile: 101, floor: 2 }, for: 1m }\n",
            "    when: { metric: iops, above_fleet: { floor: 2 }, for: 1m }\n",
            "    when: { metric: iosp, above_fleet: { percentile: 99, floor: 2 }, for: 1m }\n")
        .forEach(body -> softly.assertThat(problems(body)).as(body).hasSize(1));
    softly.assertAll();
  }
}
