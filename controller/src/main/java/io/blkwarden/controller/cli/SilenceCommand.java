package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.FleetReport;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.Silence;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Adds, lists and expires silences. */
@Command(
    name = "silence",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Mutes notifications for a time.",
      "Silenced alerts are still published on NATS, with the ID of the silence."
    },
    subcommands = {
      SilenceCommand.Add.class,
      SilenceCommand.Lists.class,
      OperatorCommands.ExpireSilence.class
    })
final class SilenceCommand {
  private SilenceCommand() {}

  /** Adds a silence. */
  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = {
        "Silences the alerts whose labels match all given patterns;",
        "* matches any characters, ? a single one."
      })
  static final class Add extends RequestCommand {
    @Option(names = "--host", paramLabel = "GLOB", description = "Host; _fleet for fleet alerts.")
    @Nullable String host;

    @Option(names = "--policy", paramLabel = "GLOB", description = "Policy name.")
    @Nullable String policy;

    @Option(names = "--domain", paramLabel = "GLOB", description = "Domain name or UUID.")
    @Nullable String domain;

    @Option(names = "--severity", paramLabel = "GLOB", description = "info, warning or critical.")
    @Nullable String severity;

    @Option(names = "--role", paramLabel = "GLOB", description = "Disk role: root, swap or data.")
    @Nullable String role;

    @Option(
        names = "--alert",
        paramLabel = "ID",
        description =
            "Open alert, from 'blkwarden alerts': silences its policy on its domain, or on its host"
                + " if it has none.")
    @Nullable String alert;

    @Option(
        names = "--for",
        required = true,
        paramLabel = "TIME",
        converter = DurationText.class,
        description = "Duration, e.g. 30m, 2h or 7d; at most 30d.")
    Duration time = Duration.ZERO;

    @Mixin Reason.Required reason = new Reason.Required();

    @Override
    OperatorRequest request() {
      if (time.compareTo(Silence.LONGEST) > 0) {
        throw new IllegalArgumentException(
            "--for: expected at most 30 days, found " + time.toDays() + " days");
      }
      Silence.Matcher matcher =
          new Silence.Matcher(host, alert == null ? policy : "*", domain, severity, role);
      return request(reason.text, new OperatorRequest.SilenceAdd(matcher, time.toMillis()));
    }

    @Override
    OperatorRequest complete(OperatorRequest request, OperatorSession session)
        throws NatsException {
      String text = alert;
      if (text == null) {
        return request;
      }
      MessageId id = UsageException.wrap(() -> id(text));
      FleetReport fleet = FleetCommand.ask(session, context(), null).fleet();
      FleetReport.OpenAlert open =
          (fleet == null ? List.<FleetReport.OpenAlert>of() : fleet.alerts())
              .stream()
                  .filter(each -> each.id().equals(id))
                  .findFirst()
                  .orElseThrow(() ->
                      new NatsException(
                          "no open alert has the id " + id,
                          "see 'blkwarden alerts', or silence by --policy"));
      DomainRef of = open.domain();
      Silence.Matcher matcher =
          new Silence.Matcher(
              of == null ? open.host().value() : null,
              open.policy(),
              of == null ? null : of.uuid().toString(),
              null,
              null);
      return request(reason.text, new OperatorRequest.SilenceAdd(matcher, time.toMillis()));
    }
  }

  /** Lists the active silences. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the active silences.")
  static final class Lists implements Callable<Integer> {
    private final CommandContext context;

    @Mixin NatsOptions nats = new NatsOptions();

    @Option(names = "--json", description = "Print one JSON object per line.")
    boolean json;

    Lists(CommandContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws NatsException {
      Instant now = Instant.now();
      List<Silence> active = new ArrayList<>();
      try (OperatorSession session = nats.connect(context)) {
        session.records(
            RecordKind.SILENCE,
            stored -> {
              if (ControlJson.decode(ControlMessage.class, stored.bytes())
                      instanceof Decoded.Ok<ControlMessage>(Silence silence)
                  && silence.until().isAfter(now)) {
                active.add(silence);
              }
            });
      }
      active.sort(Comparator.comparing(Silence::until));
      if (json) {
        active.forEach(each -> context.out().println(AsciiJson.line(each)));
      } else {
        print(active);
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
}
