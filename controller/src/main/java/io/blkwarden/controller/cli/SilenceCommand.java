package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.Silence;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Silences. */
@Command(
    name = "silence",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Keeps alerts from paging for a time.",
      "They are told on NATS as before, and name the silence."
    },
    subcommands = {
      SilenceCommand.Add.class,
      SilenceCommand.Lists.class,
      SilenceCommand.Expire.class
    })
final class SilenceCommand {
  private SilenceCommand() {}

  /** Adds one. */
  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = {
        "Silences the alerts whose labels fit all patterns given; * stands for any characters,",
        "? for one."
      })
  static final class Add implements Callable<Integer> {
    private final CommandContext context;

    @Mixin NatsOptions nats = new NatsOptions();
    @Mixin JsonOutput asJson = new JsonOutput();

    @Option(names = "--host", paramLabel = "GLOB", description = "_fleet for the fleet's own.")
    @Nullable String host;

    @Option(names = "--policy", paramLabel = "GLOB", description = "Name of the policy.")
    @Nullable String policy;

    @Option(names = "--domain", paramLabel = "GLOB", description = "Name or UUID of the domain.")
    @Nullable String domain;

    @Option(names = "--severity", paramLabel = "GLOB", description = "info, warning, critical.")
    @Nullable String severity;

    @Option(names = "--role", paramLabel = "GLOB", description = "Of the disk: root, swap, data.")
    @Nullable String role;

    @Option(
        names = "--for",
        required = true,
        paramLabel = "TIME",
        converter = DurationText.class,
        description = "How long, such as 30m, 2h or 7d; at most 30d.")
    Duration time = Duration.ZERO;

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why, for the record.")
    String reason = "";

    Add(CommandContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws NatsException {
      if (time.compareTo(Silence.LONGEST) > 0) {
        throw new UsageException(
            "--for: expected at most 30 days, found " + time.toDays() + " days");
      }
      OperatorRequest.Lasting ask =
          UsageException.unless(() ->
              new OperatorRequest.SilenceAdd(
                  new Silence.Matcher(host, policy, domain, severity, role), time.toMillis()));
      return RequestRunner.set(context, nats, reason, ask, asJson);
    }
  }

  /** Lists them. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the silences in force.")
  static final class Lists implements Callable<Integer> {
    private final CommandContext context;

    @Mixin NatsOptions nats = new NatsOptions();

    @Option(names = "--json", description = "Print each as a JSON object on a line.")
    boolean json;

    Lists(CommandContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws NatsException {
      Instant now = Instant.now();
      List<Silence> inForce =
          RequestRunner.with(
              context,
              nats,
              session -> {
                List<Silence> found = new ArrayList<>();
                session.records(
                    RecordKind.SILENCE,
                    stored -> {
                      if (ControlJson.decode(ControlMessage.class, stored.bytes())
                              instanceof Decoded.Ok<ControlMessage>(Silence silence)
                          && silence.until().isAfter(now)) {
                        found.add(silence);
                      }
                    });
                return found;
              });
      inForce.sort(Comparator.comparing(Silence::until));
      if (json) {
        inForce.forEach(each -> context.out().println(AsciiJson.line(each)));
      } else {
        print(inForce);
      }
      return ExitCodes.DONE;
    }

    private void print(List<Silence> silences) {
      Table table =
          new Table(
              "ID", "UNTIL", "HOST", "POLICY", "DOMAIN", "SEVERITY", "ROLE", "BY", "KEY", "REASON");
      for (Silence each : silences) {
        Silence.Matcher match = each.match();
        table.row(
            List.of(
                each.id().value(),
                each.until().truncatedTo(ChronoUnit.SECONDS).toString(),
                shown(match.host()),
                shown(match.policy()),
                shown(match.domain()),
                shown(match.severity()),
                shown(match.role()),
                Printable.of(each.by()),
                each.requestedByKey() == null ? "-" : each.requestedByKey().value(),
                Printable.of(each.reason())));
      }
      table.print(context.out());
    }

    private static String shown(@Nullable String pattern) {
      return pattern == null ? "*" : Printable.of(pattern);
    }
  }

  /** Ends one. */
  @Command(name = "expire", mixinStandardHelpOptions = true, description = "Ends a silence now.")
  static final class Expire implements Callable<Integer> {
    private final CommandContext context;

    @Mixin NatsOptions nats = new NatsOptions();
    @Mixin JsonOutput asJson = new JsonOutput();

    @Parameters(
        paramLabel = "ID",
        converter = IdConverter.class,
        description = "As 'blkwarden silence list' shows it.")
    @Nullable MessageId id;

    Expire(CommandContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws NatsException {
      MessageId ended = Objects.requireNonNull(id, "picocli gives it, or does not call");
      return RequestRunner.end(
          context, nats, new OperatorRequest.SilenceExpire(ended), asJson, "silence", ended);
    }
  }
}
