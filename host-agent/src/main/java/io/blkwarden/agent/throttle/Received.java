package io.blkwarden.agent.throttle;

import io.blkwarden.model.Require;
import io.blkwarden.model.message.Command;

/**
 * A command with the time of its arrival.
 *
 * @param command what is asked
 * @param arrivedAtMillis when it came, in ms of CLOCK_MONOTONIC
 */
public record Received(Command command, long arrivedAtMillis) {
  public Received {
    Require.present(command, "command");
  }
}
