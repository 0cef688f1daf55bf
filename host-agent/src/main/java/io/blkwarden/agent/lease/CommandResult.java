package io.blkwarden.agent.lease;

import io.blkwarden.model.message.Outcome;
import java.util.List;

/**
 * What became of a command.
 *
 * @param reply the answer to its issuer
 * @param published the outcomes to put on record: the reply too, unless it only repeats
 */
public record CommandResult(Outcome reply, List<Outcome> published) {
  public CommandResult {
    published = List.copyOf(published);
  }

  static CommandResult of(Outcome reply) {
    return new CommandResult(reply, List.of(reply));
  }
}
