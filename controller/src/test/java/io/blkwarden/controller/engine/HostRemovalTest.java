package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Removal of decommissioned hosts. */
final class HostRemovalTest {
  private static final String WATCHING =
      EngineRig.SWAP_STORM.replace("mode: auto", "mode: observe");

  private final TestHost host = new TestHost("dom0-7");
  private final TestHost other = new TestHost("dom0-8");
  private int disk;

  @BeforeEach
  void disks() {
    disk = host.addSwap(176);
    other.addSwap(200);
  }

  private void storm() {
    host.reads(disk, 800, 2, 990, 4);
  }

  private static EngineRig started(String policies, TestHost... hosts) {
    EngineRig rig = EngineRig.acting(policies);
    rig.start(hosts);
    return rig;
  }

  /** Lets the host be stale until its leases have expired. */
  private static void becomeStale(EngineRig rig) {
    for (int i = 0; i < 90; i++) {
      rig.pass(1_000);
      rig.tick();
    }
  }

  private static List<Effect> ask(EngineRig rig, TestHost whose) {
    return rig.ask(new OperatorRequest.Forget(whose.id), 42);
  }

  private static OperatorReply only(List<Effect> effects) {
    assertThat(effects).noneMatch(Effect.RemoveHost.class::isInstance);
    assertThat(EngineRig.answers(effects)).hasSize(1);
    return EngineRig.answers(effects).getFirst();
  }

  /** Deletes what the engine requests, and confirms it. */
  private static List<Effect> forgotten(EngineRig rig, List<Effect> effects) {
    assertThat(EngineRig.answers(effects)).as("nothing is deleted yet").isEmpty();
    assertThat(effects).hasSize(1);
    return rig.feed(new Input.HostRemoved((Effect.RemoveHost) effects.getFirst()));
  }

  private static List<HostId> known(EngineRig rig) {
    return rig.step.snapshot(FleetSnapshot.Parts.busiest(0)).hosts().stream()
        .map(each -> each.host())
        .toList();
  }

  @Test
  void staleHostIsRemovedWhenItsMapIsDeleted() {
    EngineRig rig = started(WATCHING, host, other);
    List<Alert> fired = EngineRig.alerts(rig.seconds(4, host, this::storm));
    assertThat(fired).hasSize(1);
    becomeStale(rig);

    List<Effect> effects = ask(rig, host);
    assertThat(known(rig)).contains(host.id);
    effects = forgotten(rig, effects);

    assertThat(EngineRig.answers(effects))
        .containsExactly(
            new OperatorReply(
                Verdict.DONE, "dom0-7 is forgotten; it returns when its agent reports again"));
    assertThat(EngineRig.alerts(effects))
        .singleElement()
        .satisfies(end -> {
          assertThat(end.id()).isEqualTo(fired.getFirst().id());
          assertThat(end.state()).isEqualTo(Alert.State.RESOLVED);
          assertThat(end.summary()).contains("the host was removed");
        });
    assertThat(EngineRig.decisions(effects)).contains("forget: asked by ana: the disk is slow");
    assertThat(known(rig)).containsExactly(other.id);
    assertThat(EngineRig.alerts(rig.tick())).isEmpty();
  }

  @Test
  void removedHostReturnsWhenItsAgentReports() {
    EngineRig rig = started(WATCHING, host);
    becomeStale(rig);
    forgotten(rig, ask(rig, host));

    rig.start(host);

    assertThat(known(rig)).containsExactly(host.id);
    assertThat(EngineRig.alerts(rig.seconds(4, host, this::storm))).hasSize(1);
  }

  @Test
  void reportingHostIsNotRemoved() {
    EngineRig rig = started(WATCHING, host);
    OperatorReply reply = only(ask(rig, host));
    assertThat(reply.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(reply.detail()).isEqualTo("dom0-7 is still reporting: stop its agent first");
    assertThat(known(rig)).containsExactly(host.id);
  }

  @Test
  void hostIsNotRemovedBeforeItsLeasesExpire() {
    EngineRig rig = started(EngineRig.SWAP_STORM, host);
    List<Command> sent = EngineRig.sends(rig.seconds(4, host, this::storm));
    assertThat(sent).hasSize(1);
    rig.outcome(sent.getFirst(), Outcome.Result.APPLIED);
    for (int i = 0; i < 10; i++) {
      rig.pass(1_000);
      rig.tick();
    }

    OperatorReply reply = only(ask(rig, host));

    assertThat(reply.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(reply.detail()).startsWith("dom0-7 may still have 1 throttles");
    becomeStale(rig);
    assertThat(EngineRig.answers(forgotten(rig, ask(rig, host))).getFirst().verdict())
        .isEqualTo(Verdict.DONE);
  }

  @Test
  void alertOfAHostUnknownToThisControllerIsResolved() {
    EngineRig before = started(WATCHING, host);
    Alert told = EngineRig.alerts(before.seconds(4, host, this::storm)).getFirst();
    EngineRig rig = new EngineRig(99);
    rig.policies(WATCHING);
    rig.feed(new Input.AlertsRestored(List.of(told), true));
    rig.feed(new Input.LeadershipGained(8));

    List<Effect> effects = forgotten(rig, ask(rig, host));

    assertThat(EngineRig.alerts(effects))
        .singleElement()
        .satisfies(end -> {
          assertThat(end.id()).isEqualTo(told.id());
          assertThat(end.state()).isEqualTo(Alert.State.RESOLVED);
        });
  }

  @Test
  void unknownHostGetsASuggestion() {
    EngineRig rig = started(WATCHING, host);
    OperatorReply reply = only(rig.ask(new OperatorRequest.Forget(new HostId("dom0-77")), 42));
    assertThat(reply.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(reply.detail()).contains("host dom0-77 is not known").contains("dom0-7");
  }

  @Test
  void onlyTheLeaderRemovesHosts() {
    EngineRig rig = started(WATCHING, host);
    becomeStale(rig);
    rig.feed(new Input.LeadershipLost());
    assertThat(only(ask(rig, host)).verdict()).isEqualTo(Verdict.REFUSED);
  }
}
