package io.blkwarden.controller.cli;

import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.OperatorRequest;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says yes or no to what a policy wants to do. */
abstract sealed class AnswerCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin JsonOutput asJson = new JsonOutput();

  @Parameters(
      paramLabel = "ID",
      converter = IdConverter.class,
      description = "As 'blkwarden proposals' and the alert's note show it.")
  @Nullable MessageId id;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "by hand",
      description = "Why, for the record. Default: ${DEFAULT-VALUE}.")
  String reason = "by hand";

  private AnswerCommand(CommandContext context) {
    this.context = context;
  }

  abstract OperatorRequest.Ask ask(MessageId proposal);

  @Override
  public Integer call() throws NatsException {
    OperatorRequest.Ask ask = ask(Objects.requireNonNull(id, "picocli gives it, or does not call"));
    return RequestRunner.ask(context, nats, reason, ask, asJson.json);
  }

  /** Approves it. */
  @Command(
      name = "approve",
      mixinStandardHelpOptions = true,
      description =
          "Lets a proposal be carried out, if its breach still holds and every guard allows it.")
  static final class Approve extends AnswerCommand {
    Approve(CommandContext context) {
      super(context);
    }

    @Override
    OperatorRequest.Ask ask(MessageId proposal) {
      return new OperatorRequest.Approve(proposal);
    }
  }

  /** Denies it. */
  @Command(
      name = "deny",
      mixinStandardHelpOptions = true,
      description = "Refuses a proposal; its breach gets no other one before it is over.")
  static final class Deny extends AnswerCommand {
    Deny(CommandContext context) {
      super(context);
    }

    @Override
    OperatorRequest.Ask ask(MessageId proposal) {
      return new OperatorRequest.Deny(proposal);
    }
  }
}
