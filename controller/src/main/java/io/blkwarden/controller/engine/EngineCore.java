package io.blkwarden.controller.engine;

import java.util.List;

/** The engine: a function of its inputs and of the time of each. */
public interface EngineCore {
  /**
   * Handles one input and returns its effects, in order.
   *
   * @throws RuntimeException for a bug of this program; call {@link #recover} then
   */
  List<Effect> step(Input input, Moment now);

  /**
   * Ends a step that failed.
   *
   * @return the effects before the failure, because the state has changed accordingly, and those
   *     that request the host's map again
   */
  List<Effect> recover(Input failed);
}
