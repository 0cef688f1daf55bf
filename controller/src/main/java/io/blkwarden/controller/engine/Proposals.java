package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.Attempts;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The proposals that wait for an operator, at most one for each breach.
 *
 * <p>An approval sets nothing by itself. It allows the next evaluation of the breach to do what was
 * proposed if new samples and every safety check allow it, until the proposal expires.
 */
record Proposals(EngineState engine, Throttles throttles) {
  private static final String APPROVED_IF = ", if the next samples and all safety checks allow it";

  private record Found(Breach breach, Attempts.Proposal proposal) {
    Evaluation evaluation() {
      return breach.evaluation;
    }

    HostId host() {
      return evaluation().tracker.host();
    }

    String name() {
      return "%s for %s of %s on %s"
          .formatted(
              proposal.restraint(),
              Printable.of(evaluation().disk.vdev()),
              Printable.of(evaluation().domain.name()),
              host());
    }
  }

  OperatorReply list() {
    int open = open().size();
    List<OperatorReply.Proposal> shown = shown();
    String more = open > shown.size() ? "; the first %d follow".formatted(shown.size()) : "";
    String paused = engine.paused().map(why -> "; " + why.text()).orElse("");
    return new OperatorReply(
        Verdict.DONE, "pending proposals: %d%s%s".formatted(open, more, paused), shown, null, null);
  }

  /** The open proposals that fit into one reply. */
  List<OperatorReply.Proposal> shown() {
    return open().stream()
        .limit(OperatorReply.PROPOSALS_MAX)
        .map(each ->
            new OperatorReply.Proposal(
                each.proposal.id(),
                each.breach.id(),
                each.evaluation().policy.name(),
                each.host(),
                each.evaluation().domain,
                each.evaluation().disk.vdev(),
                each.proposal.restraint(),
                each.evaluation().policy.then().leaseMillis(),
                each.proposal.expires(),
                each.proposal.approvedBy()))
        .toList();
  }

  OperatorReply approve(Input.RequestReceived request, MessageId id) {
    return answer(request, id, "approved", APPROVED_IF, ThrottleEvent.Approved::new);
  }

  OperatorReply deny(Input.RequestReceived request, MessageId id) {
    return answer(request, id, "denied", "", ThrottleEvent.Denied::new);
  }

  private OperatorReply answer(
      Input.RequestReceived request,
      MessageId id,
      String answer,
      String condition,
      BiFunction<String, String, ThrottleEvent> event) {
    for (Found found : open()) {
      if (found.proposal.id().equals(id)) {
        record(found, request, answer);
        String by = Printable.of(request.by());
        ThrottleEvent answered = event.apply(by, Printable.of(request.reason()));
        throttles.apply(found.breach.throttle, answered);
        String text = "%s: %s%s".formatted(answer, found.name(), condition);
        return new OperatorReply(Verdict.DONE, text);
      }
    }
    return new OperatorReply(
        Verdict.FAILED,
        "no proposal %s is pending: it expired, or its breach is over: see 'blkwarden proposals'"
            .formatted(id));
  }

  private void record(Found at, Input.RequestReceived request, String answer) {
    String text =
        "%s %s, asked by %s: %s"
            .formatted(answer, at.proposal.restraint(), request.by(), request.reason());
    Evaluation about = at.evaluation();
    Instant now = engine.now.wall();
    String vdev = about.disk.vdev();
    String policy = about.policy.name();
    Decision.Verdict verdict = Decision.Verdict.REQUEST;
    Decision decision =
        new Decision(now, at.host(), about.domain, vdev, policy, verdict, null, text, Map.of());
    engine.record(decision.withAlert(at.breach.id()).requestedBy(request.key()));
  }

  private List<Found> open() {
    List<Found> open = new ArrayList<>();
    for (HostTracker tracker : engine.hosts.values()) {
      for (Breach each : tracker.breaches()) {
        Attempts.Proposal proposal = each.throttle.attempts.proposal();
        if (proposal != null
            && !(each.throttle.state instanceof ThrottleState.Finished)
            && engine.millis() < proposal.expiresMillis()) {
          open.add(new Found(each, proposal));
        }
      }
    }
    return open;
  }
}
