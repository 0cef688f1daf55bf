package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OperatorRequestsTest {
  private final EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);
  private final TestHost host = new TestHost("dom0-7");
  private int disk;

  @BeforeEach
  void begin() {
    disk = host.addSwap(176);
    rig.start(host);
  }

  private void storm() {
    host.reads(disk, 800, 2, 990, 4);
  }

  private OperatorReply refused(List<Effect> effects) {
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.answers(effects)).hasSize(1);
    return EngineRig.answers(effects).getFirst();
  }

  @Test
  void throttleIsAnsweredAfterItsOutcome() {
    List<Effect> effects = rig.ask(rig.throttle(host, "vm176", Restraint.Priority.IDLE), 42);
    assertThat(EngineRig.answers(effects)).isEmpty();
    Command command = EngineRig.sends(effects).getFirst();
    assertThat(EngineRig.set(command).restraint()).isEqualTo(Restraint.Priority.IDLE);
    assertThat(command.reason()).isEqualTo("ana: the disk is slow");
    effects = rig.outcome(command, Outcome.Result.APPLIED);
    assertThat(effects)
        .contains(
            new Effect.Answer(
                42, new OperatorReply(Verdict.DONE, "xvda2 of vm176 on dom0-7 is set to idle")));
  }

  @Test
  void domainCanBeGivenByUuid() {
    String uuid = host.disks.get(disk).domain().uuid().toString();
    assertThat(EngineRig.sends(rig.ask(rig.throttle(host, uuid, Restraint.Priority.IDLE), 1)))
        .hasSize(1);
  }

  @Test
  void agentRefusalIsReported() {
    List<Effect> effects = rig.ask(rig.throttle(host, "vm176", Restraint.Priority.IDLE), 42);
    effects =
        rig.outcome(
            EngineRig.sends(effects).getFirst(), Outcome.Result.REFUSED, Outcome.Refusal.READ_ONLY);
    assertThat(EngineRig.answers(effects).getFirst().verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(EngineRig.answers(effects).getFirst().detail()).contains("read-only");
  }

  @Test
  void missingAnswerOfTheAgentFailsTheRequest() {
    rig.ask(rig.throttle(host, "vm176", Restraint.Priority.IDLE), 42);
    rig.pass(15_001, host);
    OperatorReply reply = EngineRig.answers(rig.tick()).getFirst();
    assertThat(reply.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(reply.detail()).contains("no answer in 15000 ms");
  }

  @Test
  void safetyChecksRefuseWithAReason() {
    host.add("vm-billing", 9, VolumeRole.SWAP, MappingState.RESOLVED);
    host.add("vm6", 6, VolumeRole.SWAP, MappingState.UNRESOLVED);
    host.revision++;
    rig.start(host);
    assertThat(
            refused(rig.ask(rig.throttle(host, "vm-billing", Restraint.Priority.IDLE), 1)).detail())
        .isEqualTo("xvda2 of vm-billing on dom0-7 is not throttled: the protect list names it");
    assertThat(refused(rig.ask(rig.throttle(host, "vm6", Restraint.Priority.IDLE), 1)).detail())
        .contains("its workers are not proven (no-thread-yet)");
    assertThat(refused(rig.ask(rig.throttle(host, "vm999", Restraint.Priority.IDLE), 1)))
        .isEqualTo(
            new OperatorReply(
                Verdict.FAILED,
                "host dom0-7 has no domain vm999; 'blkwarden map' lists the domains"));
    assertThat(
            refused(rig.ask(rig.throttle(host, "vm-biling", Restraint.Priority.IDLE), 1)).detail())
        .isEqualTo("host dom0-7 has no domain vm-biling; did you mean vm-billing?");
    assertThat(
            refused(
                    rig.ask(
                        new OperatorRequest.Throttle(
                            new HostId("dom0-8"),
                            "vm176",
                            "xvda2",
                            Restraint.Priority.IDLE,
                            60_000,
                            null),
                        1))
                .detail())
        .isEqualTo("host dom0-8 is not known; did you mean dom0-7?");
  }

  @Test
  void safetyLimitRefusalListsThrottlesAndCanBeForced() {
    host.add("vm9", 9, VolumeRole.SWAP, MappingState.RESOLVED);
    host.add("vm10", 10, VolumeRole.SWAP, MappingState.RESOLVED);
    host.revision++;
    rig.start(host);
    rig.outcome(
        EngineRig.only(rig.ask(rig.throttle(host, "vm176", Restraint.Priority.IDLE), 1)),
        Outcome.Result.APPLIED);
    rig.outcome(
        EngineRig.only(rig.ask(rig.throttle(host, "vm9", Restraint.Priority.IDLE), 2)),
        Outcome.Result.APPLIED);

    assertThat(refused(rig.ask(rig.throttle(host, "vm10", Restraint.Priority.IDLE), 3)).detail())
        .contains("disks_per_host", "vm176/xvda2 by an operator", "vm9/", "--force");

    OperatorRequest.Throttle ask =
        new OperatorRequest.Throttle(
            host.id, "vm10", "xvda2", Restraint.Priority.IDLE, 60_000, true);
    List<Effect> effects = rig.ask(ask, 4);
    assertThat(EngineRig.sends(effects)).hasSize(1);
    assertThat(effects)
        .filteredOn(Effect.RecordDecision.class::isInstance)
        .first()
        .asString()
        .contains("forced", "disks_per_host");
  }

  @Test
  void noOpIsRefused() {
    host.device(Actuator.INEFFECTIVE, "none");
    host.revision++;
    rig.start(host);
    assertThat(refused(rig.ask(rig.throttle(host, "vm176", Restraint.Priority.IDLE), 1)).detail())
        .contains("I/O priorities are ignored by sda (none)");
  }

  @Test
  void safetyLimitsApplyToOperators() {
    host.addSwap(177);
    host.addSwap(178);
    host.revision++;
    rig.start(host);
    rig.ask(rig.throttle(host, "vm176", Restraint.Priority.IDLE), 1);
    rig.ask(rig.throttle(host, "vm177", Restraint.Priority.IDLE), 2);
    assertThat(refused(rig.ask(rig.throttle(host, "vm178", Restraint.Priority.IDLE), 3)).detail())
        .contains("disks_per_host: 2 of at most 2");
  }

  @Test
  void releaseEndsTheLeaseAndPoliciesDoNotSetItAgain() {
    Command set = EngineRig.sends(rig.seconds(3, host, this::storm)).getFirst();
    rig.outcome(set, Outcome.Result.APPLIED);
    List<Effect> effects = rig.ask(new OperatorRequest.Release(host.id, "vm176", "xvda2"), 5);
    Command reset = EngineRig.sends(effects).getFirst();
    assertThat(reset.action()).isEqualTo(new CommandAction.Reset(EngineRig.set(set).lease()));
    effects = rig.outcome(reset, Outcome.Result.RELEASED);
    assertThat(EngineRig.answers(effects))
        .containsExactly(new OperatorReply(Verdict.DONE, "xvda2 of vm176 on dom0-7 is released"));
    effects = rig.seconds(30, host, this::storm);
    assertThat(EngineRig.sends(effects)).isEmpty();
  }

  @Test
  void releasingAnUnthrottledDiskSucceeds() {
    assertThat(refused(rig.ask(new OperatorRequest.Release(host.id, "vm176", "xvda2"), 5)))
        .isEqualTo(new OperatorReply(Verdict.DONE, "xvda2 of vm176 on dom0-7 is not throttled"));
  }

  @Test
  void releaseAllWaitsForAllHosts() {
    TestHost other = new TestHost("dom0-8");
    other.addSwap(3);
    rig.start(other);
    List<Effect> effects = rig.ask(new OperatorRequest.ReleaseAll(), 5);
    List<Command> sent = EngineRig.sends(effects);
    assertThat(sent.stream().map(Command::host)).containsExactly(host.id, other.id);
    assertThat(sent).allMatch(each -> each.action() instanceof CommandAction.ReleaseAll);
    assertThat(EngineRig.answers(rig.outcome(sent.getFirst(), Outcome.Result.DONE))).isEmpty();
    effects = rig.feed(new Input.CommandAbandoned(sent.getLast().id(), "no responders"));
    OperatorReply reply = EngineRig.answers(effects).getFirst();
    assertThat(reply.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(reply.detail()).contains("failed on 1 of 2 hosts: dom0-8: no responders");
  }

  @Test
  void standbySendsAndPublishesNothing() {
    rig.feed(new Input.LeadershipLost());
    assertThat(refused(rig.ask(rig.throttle(host, "vm176", Restraint.Priority.IDLE), 1)).detail())
        .contains("is not the leader");
    List<Effect> effects = rig.seconds(10, host, this::storm);
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.alerts(effects)).isEmpty();
    assertThat(EngineRig.decisions(effects)).hasSize(1);
    effects = rig.feed(new Input.LeadershipGained(8));
    assertThat(EngineRig.states(effects)).containsExactly("firing");
    rig.hello(host); // its agent knows the new epoch
    assertThat(EngineRig.sends(rig.seconds(1, host, this::storm)).getFirst().epoch()).isEqualTo(8);
  }

  @Test
  void alertEndedOnTheStandbyIsRestoredAndResolved() {
    rig.seconds(6, host, this::storm);
    rig.feed(new Input.LeadershipLost());
    assertThat(EngineRig.states(rig.seconds(5, host, () -> {}))).isEmpty();
    rig.lead(8);
    assertThat(EngineRig.states(rig.seconds(5, host, () -> host.reads(disk, 1, 1, 1, 0))))
        .containsExactly("resolved");
  }

  private Heartbeat.HeldThrottle activeThrottle(long remaining) {
    DomainRef domain = host.disks.get(disk).domain();
    return new Heartbeat.HeldThrottle(
        MessageId.of(1, new Random(5)), domain, "xvda2", Restraint.Priority.IDLE, remaining, null);
  }

  @Test
  void leaseRenewedByAnotherControllerLastsAsReportedByTheHost() {
    rig.beat(host, true, activeThrottle(5_000));
    rig.beat(host, true, activeThrottle(60_000));
    rig.seconds(15, host, () -> host.reads(disk, 1, 1, 1, 0));
    Command renewal = EngineRig.sends(rig.seconds(20, host, this::storm)).getFirst();
    assertThat(EngineRig.set(renewal).lease()).isEqualTo(activeThrottle(1).lease());
  }

  @Test
  void leaseFoundInAHeartbeatIsRenewedOnlyForABreach() {
    rig.beat(host, true, activeThrottle(60_000));
    List<Effect> effects = rig.seconds(20, host, () -> host.reads(disk, 1, 1, 1, 0));
    assertThat(effects).isEmpty();
    effects = rig.seconds(20, host, this::storm);
    Command renewal = EngineRig.sends(effects).getFirst();
    assertThat(EngineRig.set(renewal).lease()).isEqualTo(activeThrottle(1).lease());
    assertThat(EngineRig.set(renewal).restraint()).isEqualTo(Restraint.Priority.IDLE);
    assertThat(EngineRig.states(effects)).containsOnly("handled");
  }

  @Test
  void leaseMissingInHeartbeatsHasEnded() {
    Command set = EngineRig.sends(rig.seconds(3, host, this::storm)).getFirst();
    rig.outcome(set, Outcome.Result.APPLIED);
    rig.beat(host, true);
    rig.beat(host, true);
    assertThat(EngineRig.states(rig.all)).last().isEqualTo("handled");
    rig.seconds(11, host, this::storm);
    assertThat(EngineRig.states(rig.beat(host, true))).isEmpty();
    assertThat(EngineRig.states(rig.beat(host, true))).containsExactly("firing");
  }

  @Test
  void readOnlyAgentGetsNoCommand() {
    rig.beat(host, false);
    List<Effect> effects = rig.seconds(5, host, this::storm);
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.decisions(effects))
        .containsExactly("refuse: not throttled: the host's agent is read-only");
  }
}
