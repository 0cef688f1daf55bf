package io.blkwarden.controller.engine;

import java.util.List;

/** What decides: a function of its inputs and the moments at which they came. */
public interface EngineCore {
  /**
   * Handles one input and returns what is to be done, in order.
   *
   * @throws RuntimeException for a fault of this program; {@link #recover} then ends the step
   */
  List<Effect> step(Input input, Moment now);

  /**
   * Ends a step that threw.
   *
   * @return what had been decided before, for state has changed accordingly, and what takes anew
   *     what is known of the host
   */
  List<Effect> recover(Input failed);
}
