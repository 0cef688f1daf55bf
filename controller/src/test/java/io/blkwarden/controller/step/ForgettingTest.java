package io.blkwarden.controller.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hosts that are gone for good. */
final class ForgettingTest {
  private static final String WATCHING = Rig.SWAP_STORM.replace("mode: auto", "mode: observe");

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

  private static Rig started(String policies, TestHost... hosts) {
    Rig rig = Rig.acting(policies);
    rig.begin(hosts);
    return rig;
  }

  /** Lets the host be silent for so long that its leases are over as well. */
  private static void fallSilent(Rig rig) {
    for (int i = 0; i < 90; i++) {
      rig.pass(1_000);
      rig.tick();
    }
  }

  private static List<Effect> ask(Rig rig, TestHost whose) {
    return rig.ask(new OperatorRequest.Forget(whose.id), 42);
  }

  private static OperatorReply only(List<Effect> effects) {
    assertThat(effects).noneMatch(Effect.Forget.class::isInstance);
    assertThat(Rig.answers(effects)).hasSize(1);
    return Rig.answers(effects).getFirst();
  }

  /** What it asks to be deleted is, and it hears of that. */
  private static List<Effect> forgotten(Rig rig, List<Effect> effects) {
    assertThat(Rig.answers(effects)).as("nothing is deleted yet").isEmpty();
    assertThat(effects).hasSize(1);
    return rig.feed(new Input.Forgotten((Effect.Forget) effects.getFirst()));
  }

  private static List<HostId> known(Rig rig) {
    return rig.step.look(true, Set.of()).hosts().stream().map(each -> each.host()).toList();
  }

  @Test
  void aSilentHostIsForgottenOnceItsMapIsDeleted() {
    Rig rig = started(WATCHING, host, other);
    List<Alert> fired = Rig.alerts(rig.seconds(4, host, this::storm));
    assertThat(fired).hasSize(1);
    fallSilent(rig);

    List<Effect> effects = ask(rig, host);
    assertThat(known(rig)).contains(host.id);
    effects = forgotten(rig, effects);

    assertThat(Rig.answers(effects))
        .containsExactly(
            new OperatorReply(
                Verdict.DONE, "dom0-7 is forgotten; it is known again once its agent speaks"));
    assertThat(Rig.alerts(effects))
        .singleElement()
        .satisfies(end -> {
          assertThat(end.id()).isEqualTo(fired.getFirst().id());
          assertThat(end.state()).isEqualTo(Alert.State.RESOLVED);
          assertThat(end.summary()).contains("the host is gone for good, and was forgotten");
        });
    assertThat(Rig.decisions(effects)).contains("forget: asked by ana: the disk is slow");
    assertThat(known(rig)).containsExactly(other.id);
    assertThat(Rig.alerts(rig.tick())).isEmpty();
  }

  @Test
  void anAgentThatSpeaksAgainIsKnownAgain() {
    Rig rig = started(WATCHING, host);
    fallSilent(rig);
    forgotten(rig, ask(rig, host));

    rig.begin(host);

    assertThat(known(rig)).containsExactly(host.id);
    assertThat(Rig.alerts(rig.seconds(4, host, this::storm))).hasSize(1);
  }

  @Test
  void aHostThatIsHeardOfStays() {
    Rig rig = started(WATCHING, host);
    OperatorReply reply = only(ask(rig, host));
    assertThat(reply.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(reply.detail())
        .isEqualTo("samples of dom0-7 come: stop its agent first, or it is known again at once");
    assertThat(known(rig)).containsExactly(host.id);
  }

  @Test
  void aHostThatMayHoldAThrottleStaysUntilItsLeaseIsOver() {
    Rig rig = started(Rig.SWAP_STORM, host);
    List<Command> sent = Rig.sends(rig.seconds(4, host, this::storm));
    assertThat(sent).hasSize(1);
    rig.outcome(sent.getFirst(), Outcome.Result.APPLIED);
    for (int i = 0; i < 10; i++) {
      rig.pass(1_000);
      rig.tick();
    }

    OperatorReply reply = only(ask(rig, host));

    assertThat(reply.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(reply.detail()).startsWith("dom0-7 may hold 1 throttles still");
    fallSilent(rig);
    assertThat(Rig.answers(forgotten(rig, ask(rig, host))).getFirst().verdict())
        .isEqualTo(Verdict.DONE);
  }

  @Test
  void anAlertOfAHostThatOnlyAnotherControllerSawIsEnded() {
    Rig before = started(WATCHING, host);
    Alert told = Rig.alerts(before.seconds(4, host, this::storm)).getFirst();
    Rig rig = new Rig(99);
    rig.policies(WATCHING);
    rig.feed(new Input.AlertsRecalled(List.of(told)));
    rig.feed(new Input.Claimed(8));

    List<Effect> effects = forgotten(rig, ask(rig, host));

    assertThat(Rig.alerts(effects))
        .singleElement()
        .satisfies(end -> {
          assertThat(end.id()).isEqualTo(told.id());
          assertThat(end.state()).isEqualTo(Alert.State.RESOLVED);
        });
  }

  @Test
  void aHostThatNobodyKnowsIsNamedWithTheNearestOne() {
    Rig rig = started(WATCHING, host);
    OperatorReply reply = only(rig.ask(new OperatorRequest.Forget(new HostId("dom0-77")), 42));
    assertThat(reply.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(reply.detail()).contains("host dom0-77 is not known").contains("dom0-7");
  }

  @Test
  void withoutTheClaimNothingIsForgotten() {
    Rig rig = started(WATCHING, host);
    fallSilent(rig);
    rig.feed(new Input.ClaimLost());
    assertThat(only(ask(rig, host)).verdict()).isEqualTo(Verdict.REFUSED);
  }
}
