package io.blkwarden.controller.bus;

import io.blkwarden.controller.said.Said;
import io.blkwarden.controller.spec.FleetSpec;
import io.blkwarden.model.message.Alert;
import java.util.List;

/** What controllers share through NATS; one of a closed set. */
public sealed interface SharedState {
  /**
   * Silences, acknowledgements and the pause.
   *
   * @param said all of them
   */
  record OperatorInputs(Said said) implements SharedState {}

  /**
   * What another controller learned of the fleet.
   *
   * @param spec of one class of disks
   */
  record Baseline(FleetSpec spec) implements SharedState {}

  /**
   * The alerts that were published and are open, read right before a claim is given.
   *
   * @param open the last state of each
   */
  record OpenAlerts(List<Alert> open) implements SharedState {}

  /**
   * Who leads.
   *
   * @param claim from now on
   */
  record Leadership(Claim claim) implements SharedState {}
}
