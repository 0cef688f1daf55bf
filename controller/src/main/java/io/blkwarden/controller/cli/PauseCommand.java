package io.blkwarden.controller.cli;

import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.model.message.OperatorRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stops all acting. */
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    description = {
      "Pauses enforcement until 'blkwarden resume': policies are evaluated and alerts published,",
      "but nothing is throttled, not by hand either, and leases in force end at their time.",
      "Applies to every controller and survives restarts. To end leases at once: release --all.",
      "The controller that leads carries it out; exit code 1 when none answers."
    })
final class PauseCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin JsonOutput asJson = new JsonOutput();

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for the record.")
  String reason = "";

  PauseCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    return RequestRunner.set(context, nats, reason, new OperatorRequest.PauseSet(), asJson);
  }
}
