package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.MappingEvent.DomainStopped;
import io.blkwarden.model.message.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ThrottlingTest {
  private final EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);
  private final SwappingHost host = new SwappingHost();

  @BeforeEach
  void begin() {
    rig.start(host);
  }

  private Command breach() {
    return EngineRig.only(rig.seconds(3, host, host::storm));
  }

  @Test
  void breachIsThrottledEvaluatedAndReleased() {
    List<Effect> effects = rig.seconds(2, host, host::storm);
    assertThat(effects).isEmpty();
    effects = rig.seconds(1, host, host::storm);
    assertThat(EngineRig.states(effects)).as("it waits for the answer").isEmpty();
    Command command = EngineRig.sends(effects).getFirst();
    assertThat(command.epoch()).isEqualTo(7);
    assertThat(command.host()).isEqualTo(host.id);
    CommandAction.Set set = EngineRig.set(command);
    assertThat(set.restraint()).isEqualTo(Restraint.Priority.bestEffort(7));
    assertThat(set.workers()).containsExactly(host.disks.get(host.noisy).workers().getFirst().id());
    assertThat(set.boot()).isEqualTo(host.boot);
    assertThat(set.leaseMs()).isEqualTo(60_000);

    effects = rig.outcome(command, Outcome.Result.APPLIED);
    Alert handled = EngineRig.alerts(effects).getFirst();
    assertThat(handled.state()).isEqualTo(Alert.State.HANDLED);
    assertThat(handled.action()).isNotNull();
    assertThat(handled.summary())
        .isEqualTo(
            "vm176 on dom0-7: 800 IOPS on its swap disk xvda2 for 3 s, 44% of the guests' time on"
                + " sda; set to best-effort/7 priority, effect"
                + " pending.");

    effects = rig.seconds(16, host, host::throttled);
    Alert judged = EngineRig.alerts(effects).getFirst();
    assertThat(judged.id()).isEqualTo(handled.id());
    assertThat(EngineRig.action(judged).effect()).isEqualTo(Alert.Effect.WORKED);
    assertThat(EngineRig.action(judged).after()).isEqualTo(60);
    assertThat(judged.summary()).contains("which helped: neighbours' I/O wait fell from 40.0 to");
    assertThat(EngineRig.sends(effects)).isEmpty();

    effects = rig.seconds(3, host, host::quiet);
    assertThat(EngineRig.states(effects)).containsExactly("resolved");
    assertThat(EngineRig.alerts(effects).getFirst().summary())
        .contains("; throttling it helped: neighbours' I/O wait fell from 40.0 to");
    Command reset = EngineRig.sends(effects).getFirst();
    assertThat(reset.action()).isEqualTo(new CommandAction.Reset(set.lease()));
    assertThat(EngineRig.alerts(effects).getFirst().id()).isEqualTo(handled.id());
    rig.outcome(reset, Outcome.Result.RELEASED);
    assertThat(rig.seconds(30, host, host::quiet)).isEmpty();
  }

  @Test
  void firstPublicationWaitsAtMostThreeSecondsForTheAnswer() {
    List<Effect> effects = rig.seconds(5, host, host::storm);
    assertThat(EngineRig.sends(effects)).hasSize(1);
    assertThat(EngineRig.states(effects)).isEmpty();

    effects = rig.seconds(1, host, host::storm);
    assertThat(EngineRig.states(effects)).containsExactly("firing");
    assertThat(EngineRig.alerts(effects).getFirst().summary())
        .endsWith("; not throttled: best-effort/7 requested, no answer yet.");

    assertThat(EngineRig.states(rig.outcome(EngineRig.only(rig.all), Outcome.Result.APPLIED)))
        .containsExactly("handled");
  }

  @Test
  void waitingAlertIsPublishedBeforeItIsResolved() {
    breach();
    rig.policies("policies: []");
    assertThat(EngineRig.states(rig.all)).containsExactly("firing", "resolved");
  }

  @Test
  void alertWithoutThrottleIsPublishedAtOnceWithTheReason() {
    rig.beat(host, false);
    List<Effect> effects = rig.seconds(3, host, host::storm);
    assertThat(EngineRig.alerts(effects))
        .singleElement()
        .satisfies(alert ->
            assertThat(alert.summary())
                .endsWith("; not throttled: the host's agent is read-only."));
  }

  @Test
  void leaseThatEndedWithoutLeadershipIsNotRenewed() {
    Command command = breach();
    rig.outcome(command, Outcome.Result.APPLIED);
    rig.seconds(16, host, host::throttled);
    rig.feed(new Input.LeadershipLost());
    rig.seconds(45, host, host::throttled); // after its 60 s, before its end must be reported
    rig.feed(new Input.LeadershipGained(7));

    List<Effect> effects = rig.seconds(60, host, host::storm);

    assertThat(EngineRig.sends(effects))
        .as("a new lease after the end of the old one")
        .isNotEmpty()
        .noneMatch(each ->
            each.action() instanceof CommandAction.Set set
                && set.lease().equals(EngineRig.set(command).lease()));
  }

  @Test
  void agentLearnsTheLeaderBeforeItGetsCommands() {
    rig.feed(new Input.LeadershipGained(8));
    List<Effect> effects = rig.beat(host, true); // its epoch is 7
    CommandAction.Revision known = new CommandAction.Revision(host.run, host.revision);
    assertThat(effects).as("no map").containsExactly(new Effect.AnnounceLeader(host.id, known));
    effects = rig.seconds(4, host, host::storm);
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.decisions(effects))
        .containsExactly("skip: not throttled: the host's agent has not confirmed this leader yet");
    effects = rig.ask(rig.throttle(host, "vm176", Restraint.Priority.IDLE), 1);
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.answers(effects).getFirst().detail()).endsWith("try again in 10 s");
    rig.hello(host);
    assertThat(EngineRig.sends(rig.seconds(1, host, host::storm))).hasSize(1);
  }

  @Test
  void outcomeOfAnEarlierAgentRunDoesNotEndTheNewLease() {
    Command command = breach();
    rig.pass(5_000, host);
    rig.outcome(command, Outcome.Result.APPLIED);
    MessageId lease = EngineRig.set(command).lease();
    rig.wall = rig.wall.minusMillis(2_000);
    rig.byItself(host, lease, Outcome.Result.RECOVERED);
    rig.wall = rig.wall.plusMillis(2_000);
    assertThat(EngineRig.states(rig.seconds(1, host, host::throttled))).doesNotContain("firing");
    assertThat(EngineRig.states(rig.byItself(host, lease, Outcome.Result.RECOVERED)))
        .contains("firing");
  }

  @Test
  void recoveryWaitsForTheAnswerOfAnEscalation() {
    rig.outcome(breach(), Outcome.Result.APPLIED);
    Command escalation = EngineRig.sends(rig.seconds(20, host, host::storm)).getFirst();
    MessageId lease = EngineRig.set(escalation).lease();

    assertThat(EngineRig.alerts(rig.byItself(host, lease, Outcome.Result.RECOVERED))).isEmpty();
    rig.outcome(escalation, Outcome.Result.APPLIED);

    assertThat(EngineRig.states(rig.byItself(host, lease, Outcome.Result.RECOVERED)))
        .as("it was active")
        .containsExactly("firing");
  }

  @Test
  void recoveryWaitsForTheAnswerOfARetriedCommand() {
    Command command = breach();
    MessageId lease = EngineRig.set(command).lease();
    rig.byItself(host, lease, Outcome.Result.RECOVERED);
    List<Effect> effects = rig.outcome(command, Outcome.Result.APPLIED);
    assertThat(EngineRig.states(effects)).containsExactly("handled");
    assertThat(EngineRig.sends(rig.seconds(5, host, host::storm))).isEmpty();
  }

  @Test
  void endedBreachIsNotThrottled() {
    rig.beat(host, false);
    assertThat(EngineRig.sends(rig.seconds(4, host, host::storm))).isEmpty();
    rig.seconds(1, host, host::quiet);
    rig.beat(host, true);
    assertThat(EngineRig.sends(rig.seconds(1, host, host::quiet))).isEmpty();
    assertThat(EngineRig.sends(rig.seconds(1, host, host::storm))).hasSize(1);
  }

  @Test
  void throttledDiskWithQueuedRequestsIsNotReleased() {
    rig.outcome(breach(), Outcome.Result.APPLIED);
    List<Effect> effects = rig.seconds(25, host, host::throttled);
    assertThat(EngineRig.states(effects)).doesNotContain("resolved");
  }

  @Test
  void missingSamplesNeitherRaiseNorResolve() {
    rig.seconds(2, host, host::storm);
    host.reads(host.noisy, 100_000, 1, 10_000, 0);
    rig.pass(10_000, host);
    assertThat(rig.sample(host)).isEmpty();
    assertThat(rig.seconds(1, host, host::storm)).isNotEmpty();
  }

  @Test
  void throttleOfAnUnmeasuredDiskIsNotRenewedForever() {
    rig.outcome(breach(), Outcome.Result.APPLIED);
    List<Effect> effects = new ArrayList<>();
    for (int second = 0; second < 150; second++) {
      List<Effect> now =
          rig.seconds(1, host, () -> host.reads(host.noisy, -1, 1, 0, 0)); // decreasing counter
      EngineRig.sends(now).forEach(each -> rig.outcome(each, Outcome.Result.RENEWED));
      effects.addAll(now);
    }
    assertThat(EngineRig.sends(effects)).hasSizeLessThanOrEqualTo(2);
    assertThat(EngineRig.decisions(effects)).anyMatch(each -> each.contains("was not measured"));
    assertThat(EngineRig.states(effects)).doesNotContain("resolved");
  }

  @Test
  void pauseOfTheControllerDoesNotMakeHostsStale() {
    rig.outcome(breach(), Outcome.Result.APPLIED);
    rig.pass(30_000, host);
    assertThat(EngineRig.states(rig.tick())).isEmpty();
  }

  @Test
  void leaseIsRenewedAtHalfItsTimeDuringTheBreach() {
    Command first = breach();
    rig.outcome(first, Outcome.Result.APPLIED);
    List<Effect> effects = rig.seconds(29, host, host::throttled);
    assertThat(EngineRig.sends(effects)).isEmpty();
    effects = rig.seconds(1, host, host::throttled);
    Command renewal = EngineRig.sends(effects).getFirst();
    assertThat(EngineRig.set(renewal)).isEqualTo(EngineRig.set(first));
    assertThat(renewal.id()).isNotEqualTo(first.id());
    rig.outcome(renewal, Outcome.Result.RENEWED);
    assertThat(EngineRig.sends(rig.seconds(29, host, host::throttled))).isEmpty();
    assertThat(EngineRig.sends(rig.seconds(1, host, host::throttled))).hasSize(1);
  }

  @Test
  void ineffectiveStepEscalatesAndTheLastIsReleased() {
    Command first = breach();
    rig.outcome(first, Outcome.Result.APPLIED);
    List<Effect> effects = rig.seconds(15, host, host::storm);
    Command escalation = EngineRig.sends(effects).getFirst();
    assertThat(EngineRig.set(escalation).lease()).isEqualTo(EngineRig.set(first).lease());
    assertThat(EngineRig.set(escalation).restraint()).isEqualTo(Restraint.Priority.IDLE);
    rig.outcome(escalation, Outcome.Result.APPLIED);
    effects = rig.seconds(15, host, host::storm);
    Command reset = EngineRig.sends(effects).getFirst();
    assertThat(reset.action()).isInstanceOf(CommandAction.Reset.class);
    effects = rig.outcome(reset, Outcome.Result.RELEASED);
    Alert alert = EngineRig.alerts(effects).getFirst();
    assertThat(alert.state()).isEqualTo(Alert.State.FIRING);
    assertThat(EngineRig.action(alert).effect()).isEqualTo(Alert.Effect.NO_EFFECT);
    assertThat(EngineRig.action(alert).note()).contains("no step of the ladder had an effect");
    assertThat(EngineRig.sends(rig.seconds(60, host, host::storm))).isEmpty();
  }

  @Test
  void noEffectIsClaimedWithoutNeighbours() {
    List<Effect> effects = rig.seconds(3, host, () -> host.reads(host.noisy, 800, 2, 990, 4));
    rig.outcome(EngineRig.sends(effects).getFirst(), Outcome.Result.APPLIED);
    effects = rig.seconds(20, host, () -> host.reads(host.noisy, 800, 2, 990, 4));
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.alerts(effects)).isNotEmpty();
    assertThat(EngineRig.action(EngineRig.alerts(effects).getLast()).effect())
        .isEqualTo(Alert.Effect.UNKNOWN);
    assertThat(EngineRig.action(EngineRig.alerts(effects).getLast()).note())
        .contains("no neighbour competed");
  }

  @Test
  void harmfulThrottleIsReleasedAtOnce() {
    rig.outcome(breach(), Outcome.Result.APPLIED);
    List<Effect> effects = rig.seconds(15, host, host::harmed);
    assertThat(EngineRig.sends(effects).getFirst().action())
        .isInstanceOf(CommandAction.Reset.class);
    assertThat(EngineRig.action(EngineRig.alerts(effects).getLast()).effect())
        .isEqualTo(Alert.Effect.HARMED);
  }

  @Test
  void noPriorityIsSetOnDevicesThatIgnorePriorities() {
    host.device(Actuator.INEFFECTIVE, "none");
    host.revision++;
    rig.start(host);
    List<Effect> effects = rig.seconds(10, host, host::storm);
    assertThat(EngineRig.sends(effects)).isEmpty();
    Alert alert = EngineRig.alerts(effects).getFirst();
    assertThat(alert.state()).isEqualTo(Alert.State.FIRING);
    assertThat(EngineRig.action(alert).effect()).isEqualTo(Alert.Effect.INEFFECTIVE);
    assertThat(EngineRig.action(alert).note())
        .isEqualTo("I/O priorities are ignored by sda (none)");
    assertThat(EngineRig.alerts(effects)).hasSize(1);
  }

  @Test
  void stepThatTheDeviceIgnoresIsSkipped() {
    host.device(Actuator.CLASS_ONLY, "mq-deadline");
    host.revision++;
    rig.start(host);
    List<Effect> effects = rig.seconds(4, host, host::storm);
    Command command = EngineRig.sends(effects).getFirst();
    assertThat(EngineRig.set(command).restraint()).isEqualTo(Restraint.Priority.IDLE);
    effects = rig.outcome(command, Outcome.Result.APPLIED);
    assertThat(EngineRig.action(EngineRig.alerts(effects).getLast()).note())
        .contains("skipped best-effort/7: sda (mq-deadline) counts only the class");
  }

  @Test
  void unresolvedDiskIsNotThrottled() {
    host.replace(host.noisy, MappingState.UNRESOLVED, List.of());
    host.revision++;
    rig.start(host);
    List<Effect> effects = rig.seconds(5, host, host::storm);
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.decisions(effects))
        .containsExactly("refuse: not throttled: its workers are not proven (no-thread-yet)");

    host.replace(host.noisy, MappingState.RESOLVED, List.of(TestHost.worker(176, 0)));
    host.revision++;
    rig.map(host);
    assertThat(EngineRig.sends(rig.seconds(1, host, host::storm))).hasSize(1);
  }

  @Test
  void protectedDiskIsNotThrottled() {
    int billing = host.add("vm-billing", 9, VolumeRole.SWAP, MappingState.RESOLVED);
    host.revision++;
    rig.start(host);
    List<Effect> effects = rig.seconds(5, host, () -> host.reads(billing, 900, 1, 900, 1));
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.decisions(effects))
        .containsExactly("refuse: not throttled: the protect list names it");
  }

  @Test
  void disksPerHostAreLimited() {
    int second = host.addSwap(177);
    int third = host.addSwap(178);
    host.revision++;
    rig.start(host);
    List<Effect> effects =
        rig.seconds(
            6,
            host,
            () -> {
              host.reads(host.noisy, 300, 1, 900, 1);
              host.reads(second, 500, 1, 900, 1);
              host.reads(third, 400, 1, 900, 1);
            });
    assertThat(
            EngineRig.sends(effects).stream()
                .map(command -> EngineRig.set(command).domain().name()))
        .containsExactly("vm176", "vm177");
    assertThat(EngineRig.decisions(effects))
        .contains(
            "refuse: not throttled: disks_per_host: 2 of at most 2 disks of this host are"
                + " throttled");
  }

  @Test
  void staleMappingIsRequestedAgainAndTheCommandRetried() {
    Command first = breach();
    List<Effect> effects =
        rig.outcome(first, Outcome.Result.REFUSED, Outcome.Refusal.STALE_MAPPING);
    assertThat(effects).contains(new Effect.RequestMap(host.id));
    assertThat(EngineRig.action(EngineRig.alerts(effects).getFirst()).note())
        .contains("stale-mapping");
    host.revision++;
    rig.map(host);
    effects = rig.seconds(1, host, host::storm);
    assertThat(EngineRig.sends(effects)).hasSize(1);
  }

  @Test
  void threeRefusalsCauseAPause() {
    List<Effect> effects = rig.seconds(3, host, host::storm);
    for (int attempt = 1; attempt <= 3; attempt++) {
      assertThat(EngineRig.sends(effects)).as("attempt %d", attempt).hasSize(1);
      rig.outcome(
          EngineRig.sends(effects).getFirst(), Outcome.Result.REFUSED, Outcome.Refusal.GATE);
      effects = rig.seconds(10, host, host::storm);
    }
    assertThat(EngineRig.sends(effects)).isEmpty();
    effects = rig.seconds(290, host, host::storm);
    assertThat(EngineRig.sends(effects)).hasSize(1);
  }

  @Test
  void lostCommandIsSentAgain() {
    Command first = breach();
    List<Effect> effects = rig.feed(new Input.CommandAbandoned(first.id(), "no responders"));
    assertThat(EngineRig.action(EngineRig.alerts(effects).getFirst()).note())
        .contains("no responders");
    assertThat(EngineRig.sends(rig.seconds(2, host, host::storm))).hasSize(1);
  }

  @Test
  void expiredLeaseIsSetAgainAndOneReleasedOnTheHostIsNot() {
    Command first = breach();
    rig.outcome(first, Outcome.Result.APPLIED);
    MessageId lease = EngineRig.set(first).lease();
    List<Effect> effects = rig.byItself(host, lease, Outcome.Result.EXPIRED);
    assertThat(EngineRig.states(effects)).containsExactly("firing");
    effects = rig.seconds(1, host, host::storm);
    Command second = EngineRig.sends(effects).getFirst();
    rig.outcome(second, Outcome.Result.APPLIED);
    rig.byItself(host, EngineRig.set(second).lease(), Outcome.Result.RELEASED);
    assertThat(EngineRig.sends(rig.seconds(30, host, host::storm))).isEmpty();
  }

  @Test
  void effectIsUnknownAfterTheLeaseEnded() {
    Command first = breach();
    rig.outcome(first, Outcome.Result.APPLIED);
    Alert judged = EngineRig.alerts(rig.seconds(16, host, host::throttled)).getFirst();
    assertThat(EngineRig.action(judged).effect()).isEqualTo(Alert.Effect.WORKED);

    List<Effect> effects = rig.byItself(host, EngineRig.set(first).lease(), Outcome.Result.EXPIRED);
    Alert firing = EngineRig.alerts(effects).getFirst();
    assertThat(firing.state()).isEqualTo(Alert.State.FIRING);
    assertThat(EngineRig.action(firing).effect()).isEqualTo(Alert.Effect.UNKNOWN);
    assertThat(EngineRig.action(firing).after()).isNull();
  }

  @Test
  void stoppedDomainResolvesTheAlert() {
    rig.outcome(breach(), Outcome.Result.APPLIED);
    host.revision++;
    List<Effect> effects =
        rig.feed(
            new Input.MappingChanged(
                new DomainStopped(host.origin(), host.disks.get(host.noisy).domain())));
    assertThat(EngineRig.states(effects)).containsExactly("resolved");
    assertThat(EngineRig.alerts(effects).getFirst().summary()).contains("the disk is gone");
    host.remove(host.noisy);
    host.revision++;
    assertThat(EngineRig.states(rig.map(host))).isEmpty();
  }

  @Test
  void repeatedReleaseIsRecorded() {
    rig.outcome(breach(), Outcome.Result.APPLIED);
    rig.policies("policies: []");
    Command first = EngineRig.sends(rig.all).getLast();
    rig.feed(new Input.CommandAbandoned(first.id(), "no answer"));
    List<Effect> effects = rig.seconds(1, host, host::quiet);
    assertThat(EngineRig.sends(effects).getFirst().action()).isEqualTo(first.action());
    assertThat(EngineRig.decisions(effects))
        .containsExactly("release: release repeated: the host's agent has not confirmed it");
  }

  @Test
  void diskMissingInTheNextSnapshotIsRemoved() {
    rig.outcome(breach(), Outcome.Result.APPLIED);
    host.remove(host.noisy);
    host.revision++;
    assertThat(EngineRig.states(rig.map(host))).containsExactly("resolved");
  }

  @Test
  void removedPolicyReleasesItsThrottles() {
    rig.outcome(breach(), Outcome.Result.APPLIED);
    rig.policies("policies: []");
    assertThat(EngineRig.sends(rig.all).getLast().action()).isInstanceOf(CommandAction.Reset.class);
    assertThat(EngineRig.states(rig.all)).last().isEqualTo("resolved");
  }

  @Test
  void reloadingTheSamePolicyChangesNothing() {
    rig.outcome(breach(), Outcome.Result.APPLIED);
    int before = rig.all.size();
    rig.policies(EngineRig.SWAP_STORM);
    assertThat(rig.all).hasSize(before);
  }

  @Test
  void newlyProtectedDiskIsReleased() {
    rig.outcome(breach(), Outcome.Result.APPLIED);
    rig.policies(EngineRig.SWAP_STORM.replace("vm-billing*", "vm176"));
    List<Effect> effects = rig.seconds(1, host, host::storm);
    assertThat(EngineRig.sends(effects).getFirst().action())
        .isInstanceOf(CommandAction.Reset.class);
  }
}
