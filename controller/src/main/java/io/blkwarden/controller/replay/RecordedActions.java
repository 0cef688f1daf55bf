package io.blkwarden.controller.replay;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.Outcome;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was really done while the recording was made, from its outcomes and heartbeats. */
final class RecordedActions {
  /** Agents tell of a lease within some beats: one that none names any more is over. */
  private static final String UNSEEN = "the host's agent did not name it any more";

  private final ThrottledPeriods stretches = new ThrottledPeriods();
  private long commands;

  void take(ControlMessage message, long wallMillis) {
    switch (message) {
      case Command command -> {
        if (!(command.action() instanceof CommandAction.Snapshot)) {
          commands++;
        }
        if (command.action() instanceof CommandAction.Set set) {
          stretches.cause(set.lease(), null, command.reason());
        }
      }
      case Outcome outcome -> take(outcome, wallMillis);
      case Heartbeat beat -> take(beat, wallMillis);
      case DecisionNote note -> {
        if (note.throttle() != null && note.verdict() == DecisionNote.Verdict.ACT) {
          stretches.cause(note.throttle(), note.policy(), note.reason());
        }
      }
      default -> {}
    }
  }

  private void take(Outcome outcome, long wallMillis) {
    MessageId lease = outcome.lease();
    if (lease == null) {
      return;
    }
    switch (outcome.result()) {
      case APPLIED, RENEWED, ADOPTED -> {
        begin(lease, outcome.host(), outcome.domain(), outcome.vdev(), wallMillis);
        if (outcome.limitPerS() != null) {
          stretches.set(lease, "limit %d/s".formatted(outcome.limitPerS()));
        } else {
          outcome.workers().stream()
              .map(Outcome.WorkerChange::after)
              .filter(after -> after != null)
              .findFirst()
              .ifPresent(after -> stretches.set(lease, after.toString()));
        }
      }
      case RELEASED, EXPIRED, RECOVERED, GONE ->
          stretches.end(lease, wallMillis, outcome.result().wire());
      case REFUSED, FAILED, DONE -> {}
    }
  }

  private void begin(
      MessageId lease,
      HostId host,
      @Nullable DomainRef domain,
      @Nullable String vdev,
      long wallMillis) {
    if (domain != null && vdev != null) {
      stretches.begin(lease, host, domain, vdev, "auto", wallMillis);
    }
  }

  private void take(Heartbeat beat, long wallMillis) {
    Set<MessageId> held = new HashSet<>();
    for (Heartbeat.HeldThrottle each : beat.throttles()) {
      held.add(each.lease());
      begin(each.lease(), beat.host(), each.domain(), each.vdev(), wallMillis);
      stretches.set(
          each.lease(),
          each.limitPerS() == null
              ? String.valueOf(each.priority())
              : "limit %d/s".formatted(each.limitPerS()));
    }
    stretches.keepOnly(beat.host(), held, wallMillis, UNSEEN);
  }

  List<ThrottledPeriod> finish(long endMillis) {
    return stretches.finish(endMillis);
  }

  /** Commands that were sent, requests for snapshots not among them. */
  long commands() {
    return commands;
  }
}
