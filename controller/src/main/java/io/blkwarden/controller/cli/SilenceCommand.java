package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MessageId;
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
      RequestCommand.ExpireSilence.class
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
  static final class Add extends RequestCommand.WithReason {
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

    @Override
    OperatorRequest.Ask ask() {
      if (time.compareTo(Silence.LONGEST) > 0) {
        throw new IllegalArgumentException(
            "--for: expected at most 30 days, found " + time.toDays() + " days");
      }
      Silence.Matcher matcher =
          new Silence.Matcher(host, alert == null ? policy : "*", domain, severity, role);
      return new OperatorRequest.SilenceAdd(matcher, time.toMillis());
    }

    @Override
    OperatorRequest.Ask complete(OperatorRequest.Ask ask, OperatorSession session)
        throws NatsException {
      String text = alert;
      if (text == null) {
        return ask;
      }
      MessageId id = UsageException.wrap(() -> id(text));
      FleetReport fleet = FleetCommand.ask(session, context, null).fleet();
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
      return new OperatorRequest.SilenceAdd(matcher, time.toMillis());
    }
  }

  /** Lists the active silences. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the active silences.")
  static final class Lists extends JsonCommand {
    @Mixin NatsOptions nats = new NatsOptions();

    @Override
    public Integer call() throws NatsException {
      Instant now = Instant.now();
      List<Silence> active = new ArrayList<>();
      try (OperatorSession session = nats.connect()) {
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
        Table.of(active)
            .column("ID", each -> each.id())
            .column("UNTIL", each -> each.until().truncatedTo(ChronoUnit.SECONDS))
            .column("HOST", each -> pattern(each.match().host()))
            .column("POLICY", each -> pattern(each.match().policy()))
            .column("DOMAIN", each -> pattern(each.match().domain()))
            .column("SEVERITY", each -> pattern(each.match().severity()))
            .column("ROLE", each -> pattern(each.match().role()))
            .column("BY", each -> each.by())
            .column("KEY", each -> each.requestedByKey())
            .column("REASON", each -> each.reason())
            .print(context.out());
      }
      return ExitCodes.DONE;
    }

    private static String pattern(@Nullable String pattern) {
      return pattern == null ? "*" : pattern;
    }
  }
}
