package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In mode {@code approve} each step waits for an operator, and stale values are not used. */
final class ApprovalTest {
  private static final String POLICY = EngineRig.SWAP_STORM.replace("mode: auto", "mode: approve");

  private final SwappingHost host = new SwappingHost();
  private final EngineRig rig = EngineRig.acting(POLICY);

  private void calm() {
    host.reads(host.noisy, 1, 1, 1, 0);
  }

  @BeforeEach
  void begin() {
    rig.start(host);
    assertThat(EngineRig.sends(rig.seconds(10, host, host::storm))).isEmpty();
  }

  private OperatorReply ask(OperatorRequest.Ask ask) {
    return EngineRig.answers(rig.ask(ask, 1)).getFirst();
  }

  private List<OperatorReply.Proposal> proposals() {
    return Objects.requireNonNull(ask(new OperatorRequest.Proposals()).proposals());
  }

  private MessageId proposal() {
    return proposals().getFirst().id();
  }

  @Test
  void alertAndListShowTheProposal() {
    Alert.Action action = EngineRig.action(EngineRig.alerts(rig.all).getLast());

    assertThat(action.mode()).isEqualTo("approve");
    assertThat(action.priority()).isEqualTo(IoPriority.bestEffort(7));
    assertThat(action.note()).contains("waits for approval", proposal().value());
    assertThat(proposals())
        .singleElement()
        .satisfies(each -> {
          assertThat(each.alert()).isEqualTo(EngineRig.alerts(rig.all).getFirst().id());
          assertThat(each.restraint().priorityOrNull()).isEqualTo(IoPriority.bestEffort(7));
          assertThat(each.disk()).isEqualTo("xvda2");
          assertThat(each.approvedBy()).isNull();
        });
  }

  @Test
  void approvalIsAppliedWithTheNextSamples() {
    List<Effect> approved = rig.ask(new OperatorRequest.Approve(proposal()), 1);

    assertThat(EngineRig.answers(approved).getFirst().verdict()).isEqualTo(Verdict.DONE);
    assertThat(EngineRig.sends(approved)).isEmpty();
    assertThat(EngineRig.sends(rig.seconds(1, host, host::storm)))
        .singleElement()
        .satisfies(sent ->
            assertThat(EngineRig.set(sent).restraint().priorityOrNull())
                .isEqualTo(IoPriority.bestEffort(7)));
  }

  @Test
  void approvalOfAnEndedBreachDoesNothing() {
    MessageId id = proposal();
    rig.ask(new OperatorRequest.Approve(id), 1);

    assertThat(EngineRig.sends(rig.seconds(30, host, this::calm))).isEmpty();
    assertThat(ask(new OperatorRequest.Approve(id)).verdict()).isEqualTo(Verdict.FAILED);
  }

  @Test
  void approvalWaitsForKnownValues() {
    rig.ask(new OperatorRequest.Approve(proposal()), 1);
    for (int i = 0; i < 20; i++) {
      rig.pass(1_000, host);
      assertThat(EngineRig.sends(rig.tick())).isEmpty();
    }

    assertThat(EngineRig.sends(rig.seconds(2, host, host::storm))).hasSize(1);
  }

  @Test
  void safetyChecksApplyToApprovedThrottles() {
    MessageId id = proposal();
    rig.policies(POLICY.replace("vm-billing*", "vm176"));
    rig.ask(new OperatorRequest.Approve(id), 1);

    assertThat(EngineRig.sends(rig.seconds(20, host, host::storm))).isEmpty();
    assertThat(EngineRig.action(EngineRig.alerts(rig.all).getLast()).note())
        .contains("protect list");
  }

  @Test
  void proposalExpiresAndIsRepeatedAfterAPause() {
    MessageId id = proposal();
    rig.seconds(900, host, host::storm);

    assertThat(proposals()).isEmpty();
    assertThat(ask(new OperatorRequest.Approve(id)).verdict()).isEqualTo(Verdict.FAILED);
    rig.seconds(301, host, host::storm);
    assertThat(proposal()).isNotEqualTo(id);
    assertThat(EngineRig.sends(rig.all)).isEmpty();
  }

  @Test
  void deniedThrottleIsNotProposedAgainDuringTheBreach() {
    assertThat(ask(new OperatorRequest.Deny(proposal())).verdict()).isEqualTo(Verdict.DONE);

    assertThat(EngineRig.sends(rig.seconds(1_300, host, host::storm))).isEmpty();
    assertThat(proposals()).isEmpty();
    assertThat(EngineRig.action(EngineRig.alerts(rig.all).getLast()).note())
        .contains("denied by ana");
  }

  @Test
  void nextStepNeedsApproval() {
    rig.ask(new OperatorRequest.Approve(proposal()), 1);
    Command set = EngineRig.sends(rig.seconds(1, host, host::storm)).getFirst();
    rig.outcome(set, Outcome.Result.APPLIED);

    List<Effect> later = rig.seconds(20, host, host::storm);

    assertThat(EngineRig.sends(later)).isEmpty();
    assertThat(proposals())
        .singleElement()
        .satisfies(
            each -> assertThat(each.restraint().priorityOrNull()).isEqualTo(IoPriority.IDLE));
    rig.ask(new OperatorRequest.Approve(proposal()), 1);
    assertThat(EngineRig.sends(rig.seconds(12, host, host::storm)))
        .singleElement()
        .satisfies(sent ->
            assertThat(EngineRig.set(sent).restraint().priorityOrNull())
                .isEqualTo(IoPriority.IDLE));
  }

  @Test
  void throttleThatEndsLongAfterItsApprovalIsProposedAgain() {
    rig.ask(new OperatorRequest.Approve(proposal()), 1);
    Command set = EngineRig.sends(rig.seconds(1, host, host::storm)).getFirst();
    rig.outcome(set, Outcome.Result.APPLIED);
    assertThat(proposals()).as("an applied proposal is removed").isEmpty();
    for (int half = 0; half < 32; half++) {
      for (Command renewal :
          EngineRig.sends(rig.seconds(30, host, () -> host.reads(host.noisy, 800, 2, 990, 4)))) {
        rig.outcome(renewal, Outcome.Result.RENEWED);
      }
    }

    rig.byItself(host, EngineRig.set(set).lease(), Outcome.Result.RECOVERED);
    rig.seconds(2, host, host::storm);

    assertThat(EngineRig.decisions(rig.all)).noneMatch(each -> each.contains("not approved"));
    assertThat(proposals()).hasSize(1);
  }

  @Test
  void unknownProposalIdIsRejected() {
    MessageId other = MessageId.of(1, new Random(9));

    assertThat(ask(new OperatorRequest.Approve(other)).detail()).contains("no proposal");
    assertThat(ask(new OperatorRequest.Deny(other)).verdict()).isEqualTo(Verdict.FAILED);
  }
}
