package io.blkwarden.controller.bus;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.model.message.Alert;
import java.util.List;

/** A change of the state that controllers share over NATS. */
public sealed interface SharedState {
  /** All silences, acknowledgements and the pause; precedes leadership, and at each change. */
  record OperatorInputs(OperatorState operatorState) implements SharedState {}

  /** A stored baseline; those of all classes at first, then changes. */
  record Baseline(DiskBaseline baseline) implements SharedState {}

  /** The open alerts of the stream; directly before leadership. */
  record OpenAlerts(List<Alert> open) implements SharedState {}

  /** Who leads. */
  record LeadershipChanged(Leadership leadership) implements SharedState {}
}
