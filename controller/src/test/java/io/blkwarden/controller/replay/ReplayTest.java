package io.blkwarden.controller.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader;
import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ReplayTest {
  private static final MessageId LEASE = MessageId.of(RecordedFleet.WALL, new SplittableRandom(8));
  private static final String RULES =
      """
      policies:
        - name: swap-storm
          mode: %s
          match: { role: swap, domain: "vm*" }
          when: { metric: iops, above: 200, for: 3s, clear_below: 100, clear_for: 3s }
          then: { ladder: [ best-effort/7 ], lease: 1m, alert: warning }
      %s
      """;

  private static PolicySet policies(String mode, String more) {
    PolicyLoad load =
        PolicyReader.read(
            List.of(new PolicyFile("p.yaml", RULES.formatted(mode, more))), PolicyLoad.NONE);
    assertThat(load.problems()).isEmpty();
    return load.policies();
  }

  private static ReplayReport run(
      RecordedFleet taped, @Nullable PolicySet policies, long from, long to) {
    Replay replay = new Replay(policies, EngineSettings.DEFAULT, from, to);
    ReceiveTime begun = taped.entries().getFirst().at();
    FileHeader file = new FileHeader(RecordedFleet.session(1), 0, begun, "blkwarden.v1");
    taped.entries().forEach(entry -> replay.take(file, entry));
    return replay.finish();
  }

  private static ReplayReport run(RecordedFleet taped, @Nullable PolicySet policies) {
    return run(taped, policies, 0, Long.MAX_VALUE);
  }

  /** A storm of 10 s, then calm. */
  private static RecordedFleet storm() {
    RecordedFleet taped = new RecordedFleet("dom0-7");
    taped.seconds(5, 5);
    taped.seconds(10, 800);
    taped.seconds(120, 5);
    return taped;
  }

  @Test
  void unthrottledStormIsThrottledInTheReplay() {
    ReplayReport report = run(storm(), policies("auto", ""));

    assertThat(report.replayed()).hasSize(1);
    ThrottledPeriod planned = report.replayed().getFirst();
    assertThat(planned.domain().name()).isEqualTo("vm176");
    assertThat(planned.policy()).isEqualTo("swap-storm");
    assertThat(planned.mode()).isEqualTo("auto");
    assertThat(planned.set()).startsWith("best-effort/7");
    assertThat(planned.fromMillis()).isEqualTo(RecordedFleet.WALL + 8_000);
    assertThat(planned.ended()).isNotNull();
    assertThat(planned.millis()).isBetween(9_000L, 120_000L);
    assertThat(report.recorded()).isEmpty();
    assertThat(report.count(ReplayReport.Count.ALERTS)).isEqualTo(1);
    assertThat(report.count(ReplayReport.Count.SAMPLES)).isEqualTo(136);
    assertThat(report.differences())
        .containsExactly(
            new ReplayReport.Difference("dom0-7", "vm176", "xvda2", planned.millis(), 0, 0));
  }

  @Test
  void replayIsDeterministic() {
    assertThat(run(storm(), policies("auto", ""))).isEqualTo(run(storm(), policies("auto", "")));
  }

  @Test
  void shadowThrottleLastsAsLongAsItsAlert() {
    ReplayReport report = run(storm(), policies("shadow", ""));

    assertThat(report.count(ReplayReport.Count.COMMANDS)).isZero();
    assertThat(report.replayed())
        .singleElement()
        .satisfies(each -> {
          assertThat(each.mode()).isEqualTo("shadow");
          assertThat(each.fromMillis()).isEqualTo(RecordedFleet.WALL + 8_000);
          assertThat(each.millis()).isEqualTo(10_000);
          assertThat(each.ended()).isEqualTo("alert resolved");
        });
  }

  @Test
  void recordedPoliciesApplyUnlessOthersAreGiven() {
    RecordedFleet taped = new RecordedFleet("dom0-7");
    taped.policies("policies: []");
    taped.seconds(20, 800);
    taped.policies(RULES.formatted("auto", ""));
    taped.policies(RULES.formatted("auto", ""));
    taped.seconds(20, 800);

    ReplayReport recorded = run(taped, null);
    assertThat(recorded.count(ReplayReport.Count.POLICY_VERSIONS)).isEqualTo(2);
    assertThat(recorded.policiesGiven()).isFalse();
    assertThat(recorded.replayed())
        .singleElement()
        .satisfies(each -> assertThat(each.fromMillis()).isEqualTo(RecordedFleet.WALL + 23_000));
    assertThat(run(taped, policies("observe", "")).replayed()).isEmpty();
  }

  @Test
  void refusalsAreReported() {
    ReplayReport report = run(storm(), policies("auto", "protect: [ { domain: \"vm1*\" } ]"));

    assertThat(report.replayed()).isEmpty();
    assertThat(report.refusals())
        .singleElement()
        .satisfies(each -> assertThat(each.guard()).isEqualTo("protected"));
  }

  @Test
  void recordedThrottlesAreComparedAndNotRepeated() {
    RecordedFleet taped = new RecordedFleet("dom0-7");
    taped.seconds(5, 5);
    taped.outcome(LEASE, Outcome.Result.APPLIED);
    taped.seconds(2, 5);
    taped.heartbeatWithThrottle(LEASE);
    taped.seconds(2, 5);
    taped.outcome(LEASE, Outcome.Result.RELEASED);
    taped.seconds(20, 5);
    ReplayReport report = run(taped, policies("auto", ""));

    assertThat(report.replayed()).isEmpty();
    assertThat(report.recorded())
        .singleElement()
        .satisfies(each -> {
          assertThat(each.set()).containsExactly("best-effort/7", "idle");
          assertThat(each.millis()).isEqualTo(4_000);
          assertThat(each.ended()).isEqualTo("released");
        });
    assertThat(report.differences())
        .containsExactly(new ReplayReport.Difference("dom0-7", "vm176", "xvda2", 0, 4_000, 0));
  }

  @Test
  void nothingIsDecidedOutsideTheWindow() {
    ReplayReport before = run(storm(), policies("auto", ""), 0, RecordedFleet.WALL + 7_000);
    assertThat(before.replayed()).isEmpty();
    assertThat(before.toMillis()).isEqualTo(RecordedFleet.WALL + 7_000);

    ReplayReport late =
        run(storm(), policies("auto", ""), RecordedFleet.WALL + 12_000, Long.MAX_VALUE);
    assertThat(late.replayed())
        .singleElement()
        .satisfies(each -> assertThat(each.fromMillis()).isEqualTo(RecordedFleet.WALL + 12_000));
    assertThat(late.fromMillis()).isEqualTo(RecordedFleet.WALL + 12_000);
  }

  @Test
  void missingAndUnreadableMessagesAreCounted() {
    RecordedFleet taped = storm();
    ReceiveTime last = taped.entries().getLast().at();
    taped.entries().add(new Entry.Loss(last, 3, 2, true));
    taped.entries().add(new Entry.Message(last, false, "sample.1.dom0-7", new byte[] {1}));
    taped.entries().add(new Entry.Message(last, false, "agent.1.dom0-7", new byte[] {1}));
    ReplayReport report = run(taped, policies("auto", ""));

    assertThat(report.count(ReplayReport.Count.SAMPLES_MISSING)).isEqualTo(3);
    assertThat(report.count(ReplayReport.Count.OTHERS_MISSING)).isEqualTo(2);
    assertThat(report.count(ReplayReport.Count.INTERRUPTIONS)).isEqualTo(1);
    assertThat(report.count(ReplayReport.Count.UNREADABLE)).isEqualTo(2);
  }
}
