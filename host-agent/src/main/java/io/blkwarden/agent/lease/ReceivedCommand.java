package io.blkwarden.agent.lease;

import io.blkwarden.model.Require;
import io.blkwarden.model.message.Command;

/**
 * A command with the time of its arrival.
 *
 * @param command what is asked
 * @param arrivedAtMillis when it came, in ms of CLOCK_MONOTONIC
 */
public record ReceivedCommand(Command command, long arrivedAtMillis) {
  public ReceivedCommand {
    Require.present(command, "command");
  }
}
