package io.blkwarden.controller.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.DecisionNote.Verdict;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Result;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AuditTrailTest {
  private static final Instant AT = Messages.AT;
  private static final HostId HOST = new HostId("dom0-7");
  private static final DomainRef VM = new DomainRef(new UUID(3, 4), 137, "vm176");
  private static final DomainRef OTHER = new DomainRef(new UUID(3, 5), 138, "vm177");
  private static final MessageId ALERT = Messages.id(1);
  private static final MessageId LEASE = Messages.id(2);
  private static final String BLAMED =
      ", correlation with neighbours' latency 0.7200, attribution culprit on md2, confidence"
          + " 0.6100";

  private final List<ControlMessage> messages =
      List.of(
          note(1, 10, VM, Verdict.REFUSE, "brake", null, "not throttled: one disk is", 7L),
          note(2, 10, VM, Verdict.REFUSE, "brake", null, "not throttled: one disk is", null),
          note(3, 20, VM, Verdict.ACT, null, LEASE, "idle is set", 7L),
          note(4, 21, OTHER, Verdict.SHADOW, null, null, "idle would be set", 7L),
          note(5, 170, VM, Verdict.RENEW, null, LEASE, "the breach goes on", 7L),
          note(6, 400, VM, Verdict.RELEASE, null, LEASE, "the condition is over", 7L),
          outcome(20, Result.APPLIED, "1 worker set to idle"),
          outcome(170, Result.RENEWED, "300 s more"),
          outcome(320, Result.RENEWED, "300 s more"),
          outcome(400, Result.RELEASED, "1 worker is back at none"),
          alert(9, Alert.State.FIRING, null, Alert.Effect.UNKNOWN),
          alert(21, Alert.State.HANDLED, LEASE, Alert.Effect.UNKNOWN),
          alert(40, Alert.State.HANDLED, LEASE, Alert.Effect.WORKED),
          alert(100, Alert.State.HANDLED, LEASE, Alert.Effect.WORKED),
          alert(401, Alert.State.RESOLVED, LEASE, Alert.Effect.WORKED));

  private static DecisionNote note(
      long number,
      long second,
      DomainRef domain,
      Verdict verdict,
      @Nullable String guard,
      @Nullable MessageId throttle,
      String reason,
      @Nullable Long epoch) {
    return new DecisionNote(
        Messages.id(100 + number),
        AT.plusSeconds(second),
        epoch == null ? "c2" : "c1",
        epoch,
        HOST,
        domain,
        "xvda2",
        "swap-storm",
        domain.equals(VM) ? ALERT : Messages.id(77),
        verdict,
        guard,
        throttle,
        reason,
        Map.of("iops", 812.4, "device_time_share", 0.81),
        null);
  }

  private static Outcome outcome(long second, Result result, String detail) {
    return new Outcome(
        Messages.id(200 + second),
        HOST,
        new UUID(1, 2),
        AT.plusSeconds(second).plusMillis(500),
        Messages.id(300 + second),
        LEASE,
        result,
        null,
        detail,
        VM,
        "xvda2",
        result == Result.APPLIED
            ? List.of(
                new Outcome.WorkerChange(
                    27444, 1, "137.xvda2-0", IoPriority.UNSET, IoPriority.IDLE))
            : List.of(),
        null,
        null,
        null);
  }

  private static Alert alert(
      long second, Alert.State state, @Nullable MessageId throttle, Alert.Effect effect) {
    boolean judged = effect == Alert.Effect.WORKED;
    return new Alert(
        ALERT,
        null,
        state,
        Alert.Severity.WARNING,
        "swap-storm",
        HOST,
        VM,
        null,
        AT,
        AT.plusSeconds(second),
        new Alert.Condition("iops", 812.4, 200, 10_000, 100),
        new Alert.Evidence(
            0.81,
            null,
            46.2,
            null,
            0.72,
            new Alert.Blame("culprit", "md2", 0.8, 0.4, 1.0, 0.61),
            List.of()),
        new Alert.Action(
            "auto",
            throttle,
            IoPriority.IDLE,
            null,
            300_000,
            List.of(),
            effect,
            judged ? 812.4 : null,
            judged ? 96.0 : null,
            null,
            null,
            null),
        "vm176 swaps.",
        null,
        null,
        null,
        null,
        null);
  }

  private AuditTrail trail(String about) {
    AuditQuery query = new AuditQuery(about);
    AuditTrail trail = new AuditTrail();
    messages.forEach(query::addRelated);
    messages.stream().filter(query::matches).forEach(trail::add);
    return trail;
  }

  @Test
  void linesOfADomainAreOrderedByTime() {
    String act = "throttle " + LEASE;
    assertThat(trail("vm176").lines())
        .extracting(line -> (line.at().getEpochSecond() - AT.getEpochSecond()) + " " + line.text())
        .containsExactly(
            "9 Alert "
                + ALERT
                + " (warning, policy swap-storm) is firing: vm176 swaps. [iops 812/s, above 200/s"
                + " for 10 s, clear below 100/s, share of device time 81%, device await 46 ms"
                + BLAMED
                + "]",
            "10 Controller c1 did not throttle vm176/xvda2 on dom0-7 (policy swap-storm, safety"
                + " check brake): not throttled: one disk is [device_time_share 81%, iops 812/s]",
            "20 Controller c1 decided to throttle vm176/xvda2 on dom0-7 (policy swap-storm, "
                + act
                + "): idle is set [device_time_share 81%, iops 812/s]",
            "20 vm176/xvda2 on dom0-7 was throttled ("
                + act
                + "): 1 worker set to idle [137.xvda2-0[27444] none to idle]",
            alertLine(21, "handled", ""),
            alertLine(40, "handled", " The throttle worked: iops went from 812/s to 96/s."),
            "170 Throttle " + LEASE + " was renewed 2 times, last at 2026-11-22T18:05:25Z.",
            "400 Controller c1 released vm176/xvda2 on dom0-7 (policy swap-storm, "
                + act
                + "): the condition is over [device_time_share 81%, iops 812/s]",
            "400 vm176/xvda2 on dom0-7 was released (" + act + "): 1 worker is back at none",
            alertLine(401, "resolved", " The throttle worked: iops went from 812/s to 96/s."));
  }

  private static String alertLine(int second, String state, String effect) {
    return second
        + " Alert "
        + ALERT
        + " (warning, policy swap-storm) is "
        + state
        + ": vm176 swaps. [iops 812/s, above 200/s for 10 s, clear below 100/s, share of device"
        + " time 81%, device await 46 ms"
        + BLAMED
        + "]"
        + effect;
  }

  @Test
  void throttleAlertAndUuidSelectTheSameTrail() {
    List<AuditTrail.Line> whole = trail("vm176").lines();
    assertThat(trail(LEASE.value()).lines()).isEqualTo(whole);
    assertThat(trail(ALERT.value()).lines()).isEqualTo(whole);
    assertThat(trail(VM.uuid().toString()).lines()).isEqualTo(whole);
    assertThat(trail("vm177").lines()).hasSize(1);
    assertThat(trail("vm17").entries()).isEmpty();
  }

  @Test
  void decisionMadeOnlyByAStandbyIsKept() {
    AuditTrail trail = new AuditTrail();
    DecisionNote alone = note(9, 1, VM, Verdict.SHADOW, null, null, "idle would be set", null);
    trail.add(alone);
    trail.add(alone);

    assertThat(trail.lines())
        .extracting(AuditTrail.Line::text)
        .containsExactly(
            "Standby c2 would throttle (mode shadow) vm176/xvda2 on dom0-7 (policy swap-storm):"
                + " idle would be set [device_time_share 81%, iops 812/s]");
  }

  @Test
  void oldestMessagesAreDroppedAtTheLimit() {
    AuditTrail trail = new AuditTrail();
    for (int i = 0; i < AuditTrail.MAX + 5; i++) {
      trail.add(note(i, i, VM, Verdict.SKIP, null, null, "later", 7L));
    }
    assertThat(trail.dropped()).isEqualTo(5);
    assertThat(trail.entries())
        .hasSize(AuditTrail.MAX)
        .first()
        .extracting(AuditTrail.Entry::at)
        .isEqualTo(AT.plusSeconds(5));
  }

  @Test
  void blankSubjectIsRejected() {
    assertThatThrownBy(() -> new AuditQuery(" "))
        .hasMessageContaining("expected the name of a host");
  }
}
