package io.blkwarden.controller.step;

import io.blkwarden.controller.plan.Decision;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What waits for a person, at most one for each breach.
 *
 * <p>An approval sets nothing by itself. It lets the next judgement of its breach, on samples that
 * come after it and past every guard, do what was proposed, until the proposal expires.
 */
final class Proposals {
  private final World world;
  private final Alerts alerts;

  Proposals(World world, Alerts alerts) {
    this.world = world;
    this.alerts = alerts;
  }

  private record Found(HostWatch watch, Case about, Episode episode, Proposal proposal) {
    String name() {
      return "%s for %s of %s on %s"
          .formatted(
              proposal.restraint,
              Printable.of(about.disk.vdev()),
              Printable.of(about.domain.name()),
              watch.host());
    }
  }

  /**
   * Why the restraint may not be set yet; empty when a person has approved it, or need not.
   *
   * @param still whether the newest samples still show what a person was asked about
   */
  static Optional<String> wait(
      World world, Case about, Episode episode, Restraint restraint, boolean still) {
    if (about.policy.mode() != Mode.APPROVE) {
      return Optional.empty();
    }
    Proposal open = episode.proposal;
    if (open != null && world.millis() >= open.expiresMillis) {
      episode.proposal = null;
      episode.restUntilMillis = world.millis() + world.settings.restMillis();
      return Optional.of("nobody approved %s in time".formatted(open.restraint));
    }
    if (open == null && world.millis() < episode.restUntilMillis) {
      return Optional.of("it is proposed again later");
    }
    if (open == null || !open.restraint.equals(restraint)) {
      open = new Proposal(world.id(), restraint, world.now());
      episode.proposal = open;
    }
    if (open.approvedBy != null) {
      return still
          ? Optional.empty()
          : Optional.of("approved, but the newest samples are not above the level");
    }
    return Optional.of("%s waits for approval: blkwarden approve %s".formatted(restraint, open.id));
  }

  OperatorReply list() {
    int open = open().size();
    List<OperatorReply.Proposal> shown = shown();
    String more = open > shown.size() ? "; the first %d follow".formatted(shown.size()) : "";
    String paused = Paused.why(world).map(why -> "; " + why).orElse("");
    return new OperatorReply(
        Verdict.DONE, "proposals that wait: %d%s%s".formatted(open, more, paused), shown);
  }

  /** What waits, as far as one reply holds it. */
  List<OperatorReply.Proposal> shown() {
    return open().stream()
        .limit(OperatorReply.PROPOSALS_MAX)
        .map(each ->
            new OperatorReply.Proposal(
                each.proposal.id,
                each.episode.alert,
                each.about.policy.name(),
                each.watch.host(),
                each.about.domain,
                each.about.disk.vdev(),
                each.proposal.restraint.priorityOrNull(),
                each.proposal.restraint.limitOrNull(),
                each.about.policy.then().leaseMillis(),
                each.proposal.expires,
                each.proposal.approvedBy))
        .toList();
  }

  OperatorReply approve(Input.Asked request, MessageId id) {
    Optional<Found> found = find(id);
    if (found.isEmpty()) {
      return unknown(id);
    }
    Found at = found.get();
    at.proposal.approvedBy = request.by();
    at.episode.decided = "";
    at.episode.note =
        "approved by %s: %s".formatted(Printable.of(request.by()), Printable.of(request.reason()));
    note(at, request, "approved");
    alerts.refresh(at.watch, at.about);
    return new OperatorReply(
        Verdict.DONE, "approved: " + at.name() + ", if the next samples and every guard allow it");
  }

  OperatorReply deny(Input.Asked request, MessageId id) {
    Optional<Found> found = find(id);
    if (found.isEmpty()) {
      return unknown(id);
    }
    Found at = found.get();
    at.episode.proposal = null;
    at.episode.done = true;
    at.episode.decided = "denied";
    at.episode.note =
        "denied by %s: %s".formatted(Printable.of(request.by()), Printable.of(request.reason()));
    note(at, request, "denied");
    alerts.refresh(at.watch, at.about);
    return new OperatorReply(Verdict.DONE, "denied: " + at.name());
  }

  private void note(Found at, Input.Asked request, String answer) {
    world.add(
        new Effect.Note(
            new Decision(
                    world.now().wall(),
                    at.watch.host(),
                    at.about.domain,
                    at.about.disk.vdev(),
                    at.about.policy.name(),
                    Decision.Verdict.REQUEST,
                    null,
                    "%s %s, asked by %s: %s"
                        .formatted(answer, at.proposal.restraint, request.by(), request.reason()),
                    Map.of())
                .toldBy(at.episode.alert)
                .requestedBy(request.key())));
  }

  private static OperatorReply unknown(MessageId id) {
    return new OperatorReply(
        Verdict.FAILED,
        "no proposal %s waits: it expired, or its breach is over; 'blkwarden proposals' lists them"
            .formatted(id));
  }

  private Optional<Found> find(MessageId id) {
    return open().stream().filter(each -> each.proposal.id.equals(id)).findFirst();
  }

  private List<Found> open() {
    List<Found> open = new ArrayList<>();
    for (HostWatch watch : world.hosts.values()) {
      for (Case each : watch.cases.values()) {
        Episode episode = each.episode;
        Proposal proposal = episode == null ? null : episode.proposal;
        if (episode != null && proposal != null && world.millis() < proposal.expiresMillis) {
          open.add(new Found(watch, each, episode, proposal));
        }
      }
    }
    return open;
  }
}
