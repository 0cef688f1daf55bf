package io.blkwarden.controller.app;

import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.ingest.EngineInput;
import io.blkwarden.controller.ingest.LatestBatches;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.model.message.OperatorReply;
import reactor.core.publisher.Mono;

/**
 * Changes what NATS stores as the engine's effects want it, and tells the engine that it is done,
 * or the operator that it could not be done.
 */
final class StateStore {
  private static final int DETAIL_MAX = 1_000;

  private final FleetBus bus;
  private final InputSink<EngineInput> engine;
  private final OperatorMailbox operators;
  private final LatestBatches batches;

  StateStore(
      FleetBus bus,
      InputSink<EngineInput> engine,
      OperatorMailbox operators,
      LatestBatches batches) {
    this.bus = bus;
    this.engine = engine;
    this.operators = operators;
    this.batches = batches;
  }

  Mono<Void> forget(Effect.RemoveHost forget) {
    return bus.deleteMapping(forget.host())
        .doOnSuccess(_ -> {
          batches.remove(forget.host());
          engine.put(new EngineInput.Single(new Input.HostRemoved(forget)));
        })
        .onErrorResume(e ->
            failed(
                forget.asked(),
                "the stored map of %s could not be deleted, try again: %s"
                    .formatted(forget.host(), e.getMessage())));
  }

  Mono<Void> store(Effect.StoreInput store) {
    return bus.storeOperatorInput(store.input(), store.set(), store.expired())
        .doOnSuccess(_ -> engine.put(new EngineInput.Single(new Input.InputStored(store))))
        .onErrorResume(e ->
            failed(
                store.asked(),
                "NATS did not confirm the change, which may or may not be in force; check /readyz"
                    + " of the controller and try again: "
                    + (e instanceof NatsException ? e.getMessage() : e)));
  }

  private Mono<Void> failed(Input.RequestReceived asked, String why) {
    String detail = why.length() > DETAIL_MAX ? why.substring(0, DETAIL_MAX) : why;
    operators.answer(asked.correlation(), new OperatorReply(OperatorReply.Verdict.FAILED, detail));
    return Mono.empty();
  }
}
