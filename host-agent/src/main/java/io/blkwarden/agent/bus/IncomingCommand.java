package io.blkwarden.agent.bus;

import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.util.function.Consumer;

/**
 * A command as it came.
 *
 * @param command what is asked, or why it cannot be read
 * @param arrivedAtMillis when it came, in ms of CLOCK_MONOTONIC
 * @param reply takes the answer for the issuer; at most one, and it does not wait
 */
public record IncomingCommand(
    Decoded<Command> command, long arrivedAtMillis, Consumer<Outcome> reply) {}
