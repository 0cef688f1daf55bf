package io.blkwarden.controller.bus;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.model.message.Alert;
import java.util.List;

/** What controllers share over NATS, as it changes. */
public sealed interface SharedState {
  /** All silences, acknowledgements and the pause; comes before a claim, and at each change. */
  record OperatorInputs(OperatorState operatorState) implements SharedState {}

  /** What disks of a class normally do, as the bucket has it; each class at first, then changes. */
  record Baseline(DiskBaseline baseline) implements SharedState {}

  /** The alerts that were published and are open; comes right before a claim. */
  record OpenAlerts(List<Alert> open) implements SharedState {}

  /** Who leads, when that has changed. */
  record LeadershipState(Leadership leadership) implements SharedState {}
}
