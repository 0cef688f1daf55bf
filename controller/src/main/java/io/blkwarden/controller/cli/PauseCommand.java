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
  private final Shell shell;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin AsJson asJson = new AsJson();

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for the record.")
  String reason = "";

  PauseCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws NatsException {
    return Asking.set(shell, nats, reason, new OperatorRequest.PauseSet(), asJson);
  }
}
