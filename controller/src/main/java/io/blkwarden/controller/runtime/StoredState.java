package io.blkwarden.controller.runtime;

import io.blkwarden.controller.bus.NatsFleetBus;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.ingest.FleetIntake;
import io.blkwarden.controller.ingest.Lanes;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.step.Effect;
import io.blkwarden.controller.step.Input;
import io.blkwarden.model.message.OperatorReply;
import reactor.core.Disposable;

/**
 * Changes what NATS stores as the engine's effects want it, and feeds back that it is done, or
 * answers that it could not be done.
 */
final class StoredState {
  private final NatsFleetBus bus;
  private final Lanes lanes;
  private final OperatorMailbox operators;

  StoredState(NatsFleetBus bus, Lanes lanes, OperatorMailbox operators) {
    this.bus = bus;
    this.lanes = lanes;
    this.operators = operators;
  }

  void forget(Effect.Forget forget, FleetIntake intake) {
    Disposable _ =
        bus.forget(forget.host())
            .subscribe(
                null,
                fault ->
                    failed(
                        forget.asked(),
                        "the stored map of %s could not be deleted, try again: %s"
                            .formatted(forget.host(), fault.getMessage())),
                () -> {
                  intake.forget(forget.host());
                  lanes.put(new Input.Forgotten(forget));
                });
  }

  void store(Effect.Store store) {
    Disposable _ =
        bus.store(store.input(), store.set(), store.expired())
            .subscribe(
                null,
                fault ->
                    failed(
                        store.asked(),
                        "NATS did not confirm the change, which may or may not be in force; check"
                            + " /readyz of the controller and try again: "
                            + (fault instanceof NatsException ? fault.getMessage() : fault)),
                () -> lanes.put(new Input.Stored(store)));
  }

  private void failed(Input.Asked asked, String why) {
    String detail = why.length() > 1_000 ? why.substring(0, 1_000) : why;
    operators.answer(asked.correlation(), new OperatorReply(OperatorReply.Verdict.FAILED, detail));
  }
}
