package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.bus.BusException;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Ack;
import java.time.Instant;
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
  private final Shell shell;

  @Mixin NatsOptions nats = new NatsOptions();

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

  AckCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws BusException {
    MessageId about = id;
    if (about == null) {
      return ExitCodes.USAGE;
    }
    if (undo) {
      return Saying.act(
          shell,
          nats,
          bucket ->
              Saying.told(
                  shell, bucket.endAck(about), "taken back", "nobody has acknowledged " + about));
    }
    Ack ack = new Ack(about, Asking.who(shell), reason, Instant.now());
    return Saying.act(
        shell,
        nats,
        bucket -> {
          bucket.add(ack);
          return Saying.told(shell, true, "acknowledged: " + about, "");
        });
  }
}
