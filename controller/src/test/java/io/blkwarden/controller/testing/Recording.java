package io.blkwarden.controller.testing;

import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.bus.NatsFleetBus;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.model.message.Alert;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A subscriber of all flows of a bus, which records the messages as text. */
public final class Recording {
  /** Messages in order: flow, subject, payload. */
  public final List<String> seen = new CopyOnWriteArrayList<>();

  /** Operators' input, in order. */
  public final List<OperatorState> inputs = new CopyOnWriteArrayList<>();

  /** The open alerts before leadership, in order. */
  public final List<Alert> open = new CopyOnWriteArrayList<>();

  /** Changes of leadership, in order. */
  public final List<Leadership> leaderships = new CopyOnWriteArrayList<>();

  /** The kinds of shared state, in order. */
  public final List<String> shared = new CopyOnWriteArrayList<>();

  /** Subscribes to all flows of a bus that is not started yet. */
  public void of(NatsFleetBus bus) {
    var _ = bus.samples().subscribe(each -> add("sample", each));
    var _ = bus.reports().subscribe(each -> add("report", each));
    var _ = bus.outcomes().subscribe(each -> add("outcome", each));
    var _ = bus.operatorRequests().subscribe(each -> add("request", each));
    var _ =
        bus.storedMappings()
            .subscribe(
                each -> seen.add("stored " + new String(each.json(), StandardCharsets.UTF_8)));
    var _ = bus.sharedState().subscribe(this::take);
  }

  private void take(FleetBus.SharedState state) {
    shared.add(state.getClass().getSimpleName());
    switch (state) {
      case FleetBus.SharedState.OperatorInputs(OperatorState operatorState) ->
          inputs.add(operatorState);
      case FleetBus.SharedState.Baseline(var baseline) ->
          seen.add("baseline " + baseline.of().metric().id() + " of " + baseline.disks());
      case FleetBus.SharedState.OpenAlerts(List<Alert> found, boolean _) -> open.addAll(found);
      case FleetBus.SharedState.LeadershipChanged(Leadership leadership) ->
          leaderships.add(leadership);
    }
  }

  private void add(String what, BusMessage message) {
    seen.add(
        "%s %s %s"
            .formatted(
                what, message.subject(), new String(message.payload(), StandardCharsets.UTF_8)));
  }
}
