package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.IncomingCommand;

/** An input of the agent. */
public sealed interface AgentInput {
  /** Xenstore or the block devices changed. */
  record Changed() implements AgentInput {}

  /** A command was received. */
  record CommandReceived(IncomingCommand command) implements AgentInput {}

  /** A connection to NATS was established. */
  record Connected() implements AgentInput {}

  /** Something is due by time. */
  record Tick() implements AgentInput {}
}
