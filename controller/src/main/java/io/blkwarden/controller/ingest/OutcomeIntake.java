package io.blkwarden.controller.ingest;

import io.blkwarden.controller.ingest.IntakeCounters.Kind;
import io.blkwarden.controller.step.Input;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Outcome;

/**
 * Lays what became of commands into the lanes, each outcome once, whichever way it came.
 *
 * <p>A lane keeps room for these beyond what other messages may fill; when that is full too, the
 * outcome is refused, counted and its host's map asked for, and the host's next heartbeat tells
 * which leases it holds.
 */
public final class OutcomeIntake {
  private final Lanes lanes;
  private final IntakeCounters counters;
  private final SeenOutcomes seen = new SeenOutcomes();

  /** An intake that has seen nothing yet. */
  public OutcomeIntake(Lanes lanes, IntakeCounters counters) {
    this.lanes = lanes;
    this.counters = counters;
  }

  /** Takes an outcome. */
  public void outcome(Outcome outcome) {
    if (!seen.add(outcome.id())) {
      counters.duplicates.increment();
    } else if (!offer(outcome.host(), new Input.OutcomeSeen(outcome))) {
      seen.remove(outcome.id());
    }
  }

  /** Takes note that a command was given up. */
  public void lost(HostId host, MessageId command, String why) {
    offer(host, new Input.CommandLost(command, why.isEmpty() ? "no reason" : why));
  }

  private boolean offer(HostId host, Input input) {
    if (lanes.of(host).offer(input, 0, Lane.LIMIT + Lane.OUTCOME_ROOM)) {
      return true;
    }
    IntakeCounters.increment(counters.laneFull, Kind.OUTCOME);
    lanes.mark(host);
    return false;
  }
}
