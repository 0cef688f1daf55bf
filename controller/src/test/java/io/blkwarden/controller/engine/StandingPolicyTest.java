package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A standing policy restrains the disks that it matches, without a breach and without an alert. */
final class StandingPolicyTest {
  private static final String STANDING =
      """
      policies:
        - name: swap-is-last
          mode: auto
          match: { role: swap }
          standing: { priority: best-effort/7, lease: 1m }
      """;
  private static final Restraint LAST = Restraint.Priority.bestEffort(7);

  private final SwappingHost host = new SwappingHost();

  private EngineRig rig(String policies) {
    EngineRig rig = EngineRig.acting(policies);
    rig.start(host);
    return rig;
  }

  /** Runs seconds with an agent that applies each command at once. */
  private List<Effect> applied(EngineRig rig, int seconds, EngineRig.Second second) {
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < seconds; i++) {
      List<Effect> now = rig.seconds(1, host, second);
      effects.addAll(now);
      for (Command command : EngineRig.sends(now)) {
        boolean set = command.action() instanceof CommandAction.Set;
        effects.addAll(
            rig.outcome(command, set ? Outcome.Result.APPLIED : Outcome.Result.RELEASED));
      }
    }
    return effects;
  }

  private static List<Restraint> restraints(List<Effect> effects) {
    return EngineRig.sends(effects).stream()
        .filter(command -> command.action() instanceof CommandAction.Set)
        .map(command -> EngineRig.set(command).restraint())
        .toList();
  }

  @Test
  void restrainsAMatchingDiskWithoutAnAlert() {
    EngineRig rig = rig(STANDING);
    List<Effect> effects = applied(rig, 20, host::quiet);

    CommandAction.Set set = EngineRig.set(EngineRig.only(effects));
    assertThat(set.restraint()).isEqualTo(LAST);
    assertThat(set.vdev()).isEqualTo("xvda2");
    assertThat(set.leaseMs()).isEqualTo(60_000);
    assertThat(EngineRig.alerts(rig.all)).isEmpty();
    assertThat(EngineRig.decisions(effects)).containsExactly("act: best-effort/7 requested");
  }

  @Test
  void renewsTheLeaseWhileTheDiskMatches() {
    List<Effect> effects = applied(rig(STANDING), 200, host::quiet);

    List<Command> sent = EngineRig.sends(effects);
    assertThat(sent).hasSizeBetween(5, 8);
    assertThat(sent)
        .allMatch(command ->
            EngineRig.set(command).lease().equals(EngineRig.set(sent.getFirst()).lease()));
    assertThat(restraints(effects)).containsOnly(LAST);
  }

  @Test
  void stormAndEffectDoNotChangeTheRestraint() {
    EngineRig rig = rig(STANDING);
    List<Effect> effects = applied(rig, 60, host::storm);
    effects.addAll(applied(rig, 60, host::harmed));
    effects.addAll(applied(rig, 60, host::quiet));

    assertThat(restraints(effects)).containsOnly(LAST).hasSize(EngineRig.sends(effects).size());
    assertThat(EngineRig.alerts(rig.all)).isEmpty();
  }

  @Test
  void leaseIsADayUnlessThePolicyOrTheAgentAllowsLess() {
    String standing = STANDING.replace(", lease: 1m", "");
    List<Effect> effects = applied(rig(standing), 20, host::quiet);
    assertThat(EngineRig.set(EngineRig.only(effects)).leaseMs()).isEqualTo(86_400_000);

    EngineRig older = EngineRig.acting(standing);
    older.maxLeaseMs = null;
    older.start(host);
    effects = applied(older, 20, host::quiet);
    assertThat(EngineRig.set(EngineRig.only(effects)).leaseMs()).isEqualTo(3_600_000);
  }

  /** A host may report anything. */
  @Test
  void absurdMaximumIsIgnored() {
    EngineRig rig = EngineRig.acting(STANDING);
    rig.maxLeaseMs = -7L;
    rig.start(host);
    List<Effect> effects = applied(rig, 20, host::quiet);
    assertThat(EngineRig.set(EngineRig.only(effects)).leaseMs()).isEqualTo(60_000);
  }

  @Test
  void leaseOfAStaleHostIsNotRenewed() {
    EngineRig rig = rig(STANDING);
    applied(rig, 5, host::quiet);
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      rig.pass(1_000, host);
      effects.addAll(rig.tick());
    }
    assertThat(EngineRig.sends(effects)).isEmpty();
  }

  @Test
  void shadowRecordsOnceWhatItWouldSet() {
    EngineRig rig = rig(STANDING.replace("mode: auto", "mode: shadow"));
    List<Effect> effects = rig.seconds(30, host, host::quiet);

    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.decisions(effects)).containsExactly("shadow: best-effort/7 would be set");
    assertThat(EngineRig.alerts(rig.all)).isEmpty();
  }

  @Test
  void approveWaitsForAnOperator() {
    EngineRig rig = rig(STANDING.replace("mode: auto", "mode: approve"));
    List<Effect> effects = rig.seconds(5, host, host::quiet);

    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.decisions(effects))
        .singleElement()
        .asString()
        .contains("best-effort/7 waits for approval");
  }

  @Test
  void safetyChecksAndLimitsApply() {
    List<Effect> effects =
        rig(STANDING + "protect: [ { domain: \"vm176\" } ]").seconds(5, host, host::quiet);
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.decisions(effects)).singleElement().asString().startsWith("refuse: ");

    effects = rig(STANDING + "brakes: { disks_per_host: 0 }").seconds(5, host, host::quiet);
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.decisions(effects)).singleElement().asString().contains("disks_per_host");
  }

  @Test
  void standingRestraintDoesNotCountTowardsHostsThrottled() {
    EngineRig rig = rig(STANDING);
    SwappingHost second = new SwappingHost("dom0-8");
    rig.start(second);
    applied(rig, 30, host::quiet);
    List<Effect> effects = rig.seconds(5, second, second::quiet);
    assertThat(restraints(effects)).containsExactly(LAST);
  }

  @Test
  void removingThePolicyReleasesTheDisk() {
    EngineRig rig = rig(STANDING);
    applied(rig, 5, host::quiet);
    int before = rig.all.size();
    rig.policies("policies: []");
    List<Effect> effects = rig.all.subList(before, rig.all.size());
    assertThat(EngineRig.only(effects).action()).isInstanceOf(CommandAction.Reset.class);
  }

  @Test
  void breachEscalatesFromTheStandingRestraintAndReturnsToIt() {
    EngineRig rig =
        rig(
            STANDING
                + """
                  - name: swap-storm
                    mode: auto
                    match: { role: swap }
                    when: { metric: iops, above: 200, for: 3s, clear_below: 100, clear_for: 3s }
                    then: { ladder: [ best-effort/7, idle ], lease: 1m }
                """);
    applied(rig, 5, host::quiet);
    List<Effect> storm = applied(rig, 22, host::storm);
    storm.addAll(applied(rig, 20, host::throttled));
    assertThat(restraints(storm)).containsOnlyOnce(Restraint.Priority.IDLE);
    assertThat(EngineRig.alerts(storm)).allMatch(alert -> alert.policy().equals("swap-storm"));

    List<Effect> calm = applied(rig, 20, host::quiet);
    assertThat(restraints(calm)).endsWith(LAST);
    assertThat(EngineRig.states(calm)).endsWith("resolved");
    assertThat(EngineRig.sends(calm)).allMatch(c -> c.action() instanceof CommandAction.Set);
  }

  @Test
  void leaseFoundInAHeartbeatIsAdopted() {
    EngineRig rig = rig(STANDING.replace("best-effort/7", "idle"));
    MessageId lease = MessageId.of(1, new Random(5));
    rig.beat(
        host,
        true,
        new Heartbeat.HeldThrottle(
            lease, host.disks.get(host.noisy).domain(), "xvda2", LAST, 30_000, null));
    CommandAction.Set set = EngineRig.set(EngineRig.only(applied(rig, 3, host::quiet)));
    assertThat(set.lease()).isEqualTo(lease);
    assertThat(set.restraint()).isEqualTo(Restraint.Priority.IDLE);
  }

  @Test
  void approvalSetsTheRestraint() {
    EngineRig rig = rig(STANDING.replace("mode: auto", "mode: approve"));
    rig.seconds(5, host, host::quiet);
    OperatorReply.Proposal proposal =
        Objects.requireNonNull(
                EngineRig.answers(rig.ask(new OperatorRequest.Proposals(), 1))
                    .getFirst()
                    .proposals())
            .getFirst();
    assertThat(proposal.alert()).isNull();
    rig.ask(new OperatorRequest.Approve(proposal.id()), 2);
    assertThat(restraints(applied(rig, 3, host::quiet))).containsExactly(LAST);
  }

  @Test
  void operatorReleaseIsNotUndone() {
    EngineRig rig = rig(STANDING);
    applied(rig, 5, host::quiet);
    List<Effect> released = rig.ask(new OperatorRequest.Release(host.id, "vm176", "xvda2"), 1);
    rig.outcome(EngineRig.only(released), Outcome.Result.RELEASED);
    assertThat(EngineRig.sends(applied(rig, 90, host::quiet))).isEmpty();
  }

  @Test
  void changedPolicyAppliesWithTheNextSample() {
    EngineRig rig = rig(STANDING.replace("mode: auto", "mode: shadow"));
    rig.policies(STANDING.replace("swap-is-last", "renamed"));
    assertThat(restraints(applied(rig, 3, host::quiet))).containsExactly(LAST);
  }
}
