package io.blkwarden.controller.http;

import java.util.List;

/**
 * The health of the controller.
 *
 * @param alive whether the engine works
 * @param blockers why it is not ready; empty if it is
 * @param warnings problems that do not affect readiness, such as an invalid policy file
 */
public record Readiness(boolean alive, List<String> blockers, List<String> warnings) {
  public Readiness {
    blockers = List.copyOf(blockers);
    warnings = List.copyOf(warnings);
  }

  /** Whether the controller is alive without blockers. */
  public boolean ready() {
    return alive && blockers.isEmpty();
  }

  String text() {
    StringBuilder text = new StringBuilder(ready() ? "ready\n" : "not ready\n");
    if (!alive) {
      text.append("engine failed\n");
    }
    blockers.forEach(each -> text.append(each).append('\n'));
    warnings.forEach(each -> text.append("warning: ").append(each).append('\n'));
    return text.toString();
  }
}
