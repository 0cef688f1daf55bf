package io.blkwarden.controller.http;

import java.util.List;

/**
 * Whether the controller does its work.
 *
 * @param alive whether the engine works
 * @param blockers why it cannot do all of its work; empty when it can
 * @param warnings what is wrong without hindering, such as a policy file that cannot be read
 */
public record Readiness(boolean alive, List<String> blockers, List<String> warnings) {
  public Readiness {
    blockers = List.copyOf(blockers);
    warnings = List.copyOf(warnings);
  }

  /** Whether it does all of its work. */
  public boolean ready() {
    return alive && blockers.isEmpty();
  }

  String text() {
    StringBuilder text = new StringBuilder(ready() ? "ready\n" : "not ready\n");
    if (!alive) {
      text.append("the engine has ended\n");
    }
    blockers.forEach(each -> text.append(each).append('\n'));
    warnings.forEach(each -> text.append("remark: ").append(each).append('\n'));
    return text.toString();
  }
}
