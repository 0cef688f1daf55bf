package io.blkwarden.controller.cli;

import io.blkwarden.controller.bus.BusException;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.OperatorRequest;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Approves what a policy wants to do. */
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    description =
        "Lets a proposal be carried out, if its breach still holds and every guard allows it.")
final class ApproveCommand implements Callable<Integer> {
  private final Shell shell;

  @Mixin NatsOptions nats = new NatsOptions();

  @Parameters(
      paramLabel = "ID",
      converter = IdConverter.class,
      description = "As 'blkwarden proposals' and the alert's note show it.")
  @Nullable MessageId id;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "approved by hand",
      description = "Why, for the record. Default: ${DEFAULT-VALUE}.")
  String reason = "approved by hand";

  ApproveCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws BusException {
    MessageId proposal = id;
    if (proposal == null) {
      throw new IllegalStateException("picocli gives the parameter or does not call");
    }
    return Asking.ask(shell, nats, reason, new OperatorRequest.Approve(proposal));
  }
}
