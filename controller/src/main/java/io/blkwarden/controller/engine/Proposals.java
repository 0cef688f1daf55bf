package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.controller.throttle.Proposal;
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
  private record Found(Breach breach, Proposal proposal) {
    Evaluation evaluation() {
      return breach.evaluation;
    }

    HostId host() {
      return breach.tracker.host();
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
        Verdict.DONE,
        "pending proposals: %d%s%s".formatted(open, more, paused),
        shown,
        null,
        null);
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
    return answer(
        request,
        id,
        "approved",
        ", if the next samples and all safety checks allow it",
        ThrottleEvent.Approved::new);
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
    return open().stream()
        .filter(each -> each.proposal.id().equals(id))
        .findFirst()
        .map(found -> {
          note(found, request, answer);
          throttles.apply(
              found.breach.throttle,
              event.apply(Printable.of(request.by()), Printable.of(request.reason())));
          return new OperatorReply(
              Verdict.DONE, "%s: %s%s".formatted(answer, found.name(), condition));
        })
        .orElseGet(() ->
            new OperatorReply(
                Verdict.FAILED,
                ("no proposal %s is pending: it expired, or its breach is over;"
                        + " 'blkwarden proposals' lists them")
                    .formatted(id)));
  }

  private void note(Found at, Input.RequestReceived request, String answer) {
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
    engine.record(decision.toldBy(at.breach.id()).requestedBy(request.key()));
  }

  private List<Found> open() {
    List<Found> open = new ArrayList<>();
    for (HostTracker tracker : engine.hosts.values()) {
      for (Breach each : tracker.breaches()) {
        Proposal proposal = each.throttle.attempts.proposal();
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
