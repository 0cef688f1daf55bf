package io.blkwarden.controller.ingest;

import io.blkwarden.controller.engine.Input;
import io.blkwarden.model.HostId;
import org.jspecify.annotations.Nullable;

/** What the engine takes, one at a time. */
public sealed interface EngineInput {
  /**
   * An input that is read already.
   *
   * @param input for the step
   * @param host in whose {@link Backlog} it counts; absent when in none
   * @param bytes that it counts there
   */
  record Single(Input input, @Nullable HostId host, int bytes) implements EngineInput {
    /** An input that is in no backlog. */
    public Single(Input input) {
      this(input, null, 0);
    }
  }

  /**
   * Some hosts' batches of samples wait, and are read as they are taken.
   *
   * @param from where they wait
   */
  record Batches(LatestBatches from) implements EngineInput {}

  /**
   * A question about what is known, which changes nothing.
   *
   * @param answer answers it, and never throws
   */
  record Query(Runnable answer) implements EngineInput {}
}
