package io.blkwarden.controller.cli;

import picocli.CommandLine.Command;

/** What the NATS server needs. */
@Command(
    name = "nats",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Prepares a NATS server; needs none to run.",
    subcommands = NatsInit.class)
final class NatsCommand {
  private NatsCommand() {}
}
