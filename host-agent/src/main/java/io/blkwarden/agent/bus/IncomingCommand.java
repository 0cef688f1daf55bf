package io.blkwarden.agent.bus;

import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.util.function.Consumer;

/**
 * A received command.
 *
 * @param command the command, or why it is malformed
 * @param arrivedAtMillis time of receipt, CLOCK_MONOTONIC in ms
 * @param local whether an operator on the host issued it, not a controller
 * @param reply receives the reply, at most one; does not block
 */
public record IncomingCommand(
    Decoded<Command> command, long arrivedAtMillis, boolean local, Consumer<Outcome> reply) {}
