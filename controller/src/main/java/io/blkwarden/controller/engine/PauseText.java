package io.blkwarden.controller.engine;

import io.blkwarden.model.Printable;
import java.util.Optional;

/** Whether a person paused acting, in words. */
final class PauseText {
  private PauseText() {}

  /** Why nothing is set; empty while acting is not paused. */
  static Optional<String> why(EngineState engine) {
    return engine
        .operatorState()
        .pause()
        .map(pause ->
            "acting is paused by %s: %s"
                .formatted(Printable.of(pause.by()), Printable.of(pause.reason())));
  }
}
