package io.blkwarden.controller.app;

import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.ingest.EngineInput;
import io.blkwarden.controller.ingest.LatestBatches;
import io.blkwarden.controller.nats.NatsException;
import reactor.core.publisher.Mono;

/**
 * Applies the engine's effects to the state that NATS stores, and reports success to the engine or
 * failure to the operator.
 */
final class StateStore {
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

  Mono<Void> removeHost(Effect.RemoveHost effect) {
    return bus.deleteMapping(effect.host())
        .doOnSuccess(_ -> {
          batches.remove(effect.host());
          engine.put(new EngineInput.Single(new Input.HostRemoved(effect)));
        })
        .onErrorResume(e ->
            failed(
                effect.asked(),
                "the stored mapping of %s was not deleted, try again: %s"
                    .formatted(effect.host(), e.getMessage())));
  }

  Mono<Void> store(Effect.StoreInput effect) {
    return bus.storeOperatorInput(effect.input(), effect.set(), effect.expired())
        .doOnSuccess(_ -> engine.put(new EngineInput.Single(new Input.InputStored(effect))))
        .onErrorResume(e ->
            failed(
                effect.asked(),
                "NATS did not confirm the change, which may or may not be in effect; check /readyz"
                    + " of the controller and try again: "
                    + (e instanceof NatsException ? e.getMessage() : e)));
  }

  private Mono<Void> failed(Input.RequestReceived request, String why) {
    operators.fail(request.correlation(), why);
    return Mono.empty();
  }
}
