package io.blkwarden.agent.throttle;

import io.blkwarden.model.message.Outcome;
import java.util.List;

/**
 * What became of a command.
 *
 * @param reply the answer to its issuer
 * @param published the outcomes to put on record: the reply too, unless it only repeats
 */
public record Handled(Outcome reply, List<Outcome> published) {
  public Handled {
    published = List.copyOf(published);
  }

  static Handled of(Outcome reply) {
    return new Handled(reply, List.of(reply));
  }
}
