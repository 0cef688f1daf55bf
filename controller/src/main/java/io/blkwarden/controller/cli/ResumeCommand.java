package io.blkwarden.controller.cli;

import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.model.message.OperatorRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ends a pause. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = "Ends a pause: what still holds by the next samples is acted on.")
final class ResumeCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin JsonOutput asJson = new JsonOutput();

  ResumeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    return RequestRunner.end(context, nats, new OperatorRequest.PauseEnd(), asJson, "pause", null);
  }
}
