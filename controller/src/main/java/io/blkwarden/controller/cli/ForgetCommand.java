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
  private final Shell shell;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin AsJson asJson = new AsJson();

  @Parameters(paramLabel = "HOST", description = "Such as dom0-7, as 'blkwarden map' shows it.")
  String host = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "gone for good",
      description = "Why, for the record. Default: ${DEFAULT-VALUE}.")
  String reason = "gone for good";

  ForgetCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws NatsException {
    OperatorRequest.Ask ask = Misuse.unless(() -> new OperatorRequest.Forget(new HostId(host)));
    return Asking.ask(shell, nats, reason, ask, asJson.json);
  }
}
