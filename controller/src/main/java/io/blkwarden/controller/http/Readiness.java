package io.blkwarden.controller.http;

import java.util.List;

/**
 * Whether the controller does its work.
 *
 * @param alive whether the engine works
 * @param hindrances why it cannot do all of its work; empty when it can
 * @param remarks what is wrong without hindering, such as a policy file that cannot be read
 */
public record Readiness(boolean alive, List<String> hindrances, List<String> remarks) {
  public Readiness {
    hindrances = List.copyOf(hindrances);
    remarks = List.copyOf(remarks);
  }

  /** Whether it does all of its work. */
  public boolean ready() {
    return alive && hindrances.isEmpty();
  }

  String text() {
    StringBuilder text = new StringBuilder(ready() ? "ready\n" : "not ready\n");
    if (!alive) {
      text.append("the engine has ended\n");
    }
    hindrances.forEach(each -> text.append(each).append('\n'));
    remarks.forEach(each -> text.append("remark: ").append(each).append('\n'));
    return text.toString();
  }
}
