package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.controller.nats.Records;
import io.blkwarden.model.Printable;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the recorded alerts. */
@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the alerts of the last 24 hours, one line per state change.",
      "Reads the recorded alerts; exit code 1 if no controller answers."
    })
final class AlertsCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();

  @Option(
      names = {"-f", "--follow"},
      description = "Keep printing new alerts until interrupted.")
  boolean follow;

  @Option(names = "--json", description = "Print one JSON object per line.")
  boolean json;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      defaultValue = "24h",
      converter = DurationText.class,
      description = "How far back, e.g. 30m, 24h or 7d. Default ${DEFAULT-VALUE}.")
  Duration since = Duration.ofHours(24);

  AlertsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    try (OperatorSession session = nats.connect(context)) {
      session.alerts(
          Instant.now().minus(since),
          follow,
          () -> Thread.currentThread().isInterrupted() || context.out().checkError(),
          this::print);
    }
    return ExitCodes.DONE;
  }

  private void print(Records.Stored stored) {
    byte[] message = stored.bytes();
    switch (ControlJson.decode(Alert.class, message)) {
      case Decoded.Ok<Alert> ok ->
          context.out().println(json ? AsciiJson.line(message) : line(ok.value()));
      case Decoded.Malformed<Alert> bad ->
          context.note(
              "an alert cannot be read: %s; check the version of its controller"
                  .formatted(bad.detail()));
    }
    context.out().flush();
  }

  private String line(Alert alert) {
    String state = "%-8s".formatted(alert.state().wire());
    String severity = "%-8s".formatted(alert.severity().wire());
    return "%s  %s  %s  %s  %s  %s"
        .formatted(
            alert.at().truncatedTo(ChronoUnit.MILLIS),
            switch (alert.state()) {
              case FIRING -> context.ink().bad(state);
              case HANDLED, UNKNOWN -> context.ink().warning(state);
              case RESOLVED -> context.ink().good(state);
            },
            switch (alert.severity()) {
              case INFO -> severity;
              case WARNING -> context.ink().warning(severity);
              case CRITICAL -> context.ink().bad(severity);
            },
            Printable.of(alert.host().value()),
            Printable.of(alert.policy()),
            Printable.of(alert.summary()));
  }
}
