package io.blkwarden.controller.cli;

import picocli.CommandLine.Command;

/** Prepares a NATS server. */
@Command(
    name = "nats",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Prepares a NATS server; does not connect to one.",
    subcommands = NatsInit.class)
final class NatsCommand {
  private NatsCommand() {}
}
