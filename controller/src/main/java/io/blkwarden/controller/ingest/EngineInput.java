package io.blkwarden.controller.ingest;

import io.blkwarden.controller.engine.Input;
import io.blkwarden.model.HostId;
import org.jspecify.annotations.Nullable;

/** An input of the engine. */
public sealed interface EngineInput {
  /**
   * A decoded input.
   *
   * @param host that it counts for in the {@link Backlog}; absent for none
   * @param bytes that it counts there
   */
  record Single(Input input, @Nullable HostId host, int bytes) implements EngineInput {
    /** Creates an input outside the backlog. */
    public Single(Input input) {
      this(input, null, 0);
    }
  }

  /**
   * A signal that sample batches wait, which are decoded when the engine takes them.
   *
   * @param from holds the batches
   */
  record Batches(LatestBatches from) implements EngineInput {}

  /**
   * A read-only query.
   *
   * @param answer runs the query; never throws
   */
  record Query(Runnable answer) implements EngineInput {}
}
