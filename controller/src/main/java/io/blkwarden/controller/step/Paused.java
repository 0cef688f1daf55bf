package io.blkwarden.controller.step;

import io.blkwarden.model.Printable;
import java.util.Optional;

/** Whether a person paused acting, in words. */
final class Paused {
  private Paused() {}

  /** Why nothing is set; empty while acting is not paused. */
  static Optional<String> why(World world) {
    return world
        .said()
        .pause()
        .map(pause ->
            "acting is paused by %s: %s"
                .formatted(Printable.of(pause.by()), Printable.of(pause.reason())));
  }
}
