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

/** Says that somebody has taken an alert on. */
@Command(
    name = "ack",
    mixinStandardHelpOptions = true,
    description = {
      "Says that you have taken an alert, or all alerts of an incident, on: it pages no more.",
      "It is told on NATS as before, and names you."
    })
final class AckCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin JsonOutput asJson = new JsonOutput();

  @Parameters(
      paramLabel = "ID",
      converter = IdConverter.class,
      description = "Of an alert or an incident, as 'blkwarden alerts --json' shows it.")
  @Nullable MessageId id;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "by hand",
      description = "Why, for the record. Default: ${DEFAULT-VALUE}.")
  String reason = "by hand";

  @Option(names = "--undo", description = "Take it back.")
  boolean undo;

  AckCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    MessageId about = Objects.requireNonNull(id, "picocli gives it, or does not call");
    return undo
        ? RequestRunner.end(context, nats, new OperatorRequest.AckUndo(about), asJson, "ack", about)
        : RequestRunner.set(context, nats, reason, new OperatorRequest.AckAdd(about), asJson);
  }
}
