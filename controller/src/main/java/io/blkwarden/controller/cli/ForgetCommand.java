package io.blkwarden.controller.cli;

import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.OperatorRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Forgets a dom0 that was taken out of service. */
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    description = {
      "Forgets a host that is gone for good: deletes its stored map, ends its alerts, counts it",
      "no more. Refused while its samples come, or while it may hold a throttle. It is known again",
      "once its agent speaks."
    })
final class ForgetCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin JsonOutput asJson = new JsonOutput();

  @Parameters(paramLabel = "HOST", description = "Such as dom0-7, as 'blkwarden map' shows it.")
  String host = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "gone for good",
      description = "Why, for the record. Default: ${DEFAULT-VALUE}.")
  String reason = "gone for good";

  ForgetCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    OperatorRequest.Ask ask =
        UsageException.unless(() -> new OperatorRequest.Forget(new HostId(host)));
    return RequestRunner.ask(context, nats, reason, ask, asJson.json);
  }
}
