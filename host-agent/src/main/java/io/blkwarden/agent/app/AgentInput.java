package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.IncomingCommand;

/** What happens to an agent. */
sealed interface AgentInput {
  /** Something below xenstore or among the devices changed. */
  record Changed() implements AgentInput {}

  /** A command came. */
  record CommandCame(IncomingCommand command) implements AgentInput {}

  /** The bus has a connection, the first one or again. */
  record BusUp() implements AgentInput {}

  /** Time has passed. */
  record Tick() implements AgentInput {}
}
