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

/** The throttles that were in force during the recording, from outcomes and heartbeats. */
final class RecordedActions {
  /** The end of a lease that is missing in a heartbeat. */
  private static final String MISSING = "missing in the agent's heartbeat";

  private final ThrottledPeriods periods;
  private long commands;

  /** Actions from a time on. */
  RecordedActions(long fromMillis) {
    periods = new ThrottledPeriods(fromMillis);
  }

  void take(ControlMessage message, long wallMillis) {
    switch (message) {
      case Command command -> {
        if (!(command.action() instanceof CommandAction.Snapshot)) {
          commands++;
        }
        if (command.action() instanceof CommandAction.Set set) {
          periods.cause(set.lease(), null, command.reason());
        }
      }
      case Outcome outcome -> take(outcome, wallMillis);
      case Heartbeat heartbeat -> take(heartbeat, wallMillis);
      case DecisionNote note -> {
        if (note.throttle() != null && note.verdict() == DecisionNote.Verdict.ACT) {
          periods.cause(note.throttle(), note.policy(), note.reason());
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
        start(lease, outcome.host(), outcome.domain(), outcome.vdev(), wallMillis);
        if (outcome.limitPerS() != null) {
          periods.set(lease, "limit %d/s".formatted(outcome.limitPerS()));
        } else {
          outcome.workers().stream()
              .map(Outcome.WorkerChange::after)
              .filter(after -> after != null)
              .findFirst()
              .ifPresent(after -> periods.set(lease, after.toString()));
        }
      }
      case RELEASED, EXPIRED, RECOVERED, GONE ->
          periods.end(lease, wallMillis, outcome.result().wire());
      case REFUSED, FAILED, DONE -> {}
    }
  }

  private void start(
      MessageId lease,
      HostId host,
      @Nullable DomainRef domain,
      @Nullable String vdev,
      long wallMillis) {
    if (domain != null && vdev != null) {
      periods.start(lease, host, domain, vdev, "auto", wallMillis);
    }
  }

  private void take(Heartbeat heartbeat, long wallMillis) {
    Set<MessageId> active = new HashSet<>();
    for (Heartbeat.HeldThrottle each : heartbeat.throttles()) {
      active.add(each.lease());
      start(each.lease(), heartbeat.host(), each.domain(), each.vdev(), wallMillis);
      periods.set(each.lease(), each.restraint().toString());
    }
    periods.keepOnly(heartbeat.host(), active, wallMillis, MISSING);
  }

  List<ThrottledPeriod> finish(long endMillis) {
    return periods.finish(endMillis);
  }

  /** Number of recorded commands, except requests for snapshots. */
  long commands() {
    return commands;
  }
}
