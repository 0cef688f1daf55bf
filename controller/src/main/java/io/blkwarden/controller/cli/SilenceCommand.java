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
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Adds, lists and expires silences. */
@Command(
    name = "silence",
    description = {
      "Silences alerts: stops their notifications for a time.",
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
  @Command(name = "add", description = "Silences the alerts that match all given patterns.")
  static final class Add extends RequestCommand.WithReason {
    @Option(
        names = "--host",
        paramLabel = "PATTERN",
        description = "Host, e.g. 'dom0-1*'; _fleet for fleet alerts.")
    @Nullable String host;

    @Option(names = "--policy", paramLabel = "PATTERN", description = "Policy name.")
    @Nullable String policy;

    @Option(names = "--domain", paramLabel = "PATTERN", description = "Domain, by name or UUID.")
    @Nullable String domain;

    @Option(
        names = "--severity",
        paramLabel = "PATTERN",
        description = "Severity: info, warning or critical.")
    @Nullable String severity;

    @Option(names = "--role", paramLabel = "PATTERN", description = "Role: root, swap or data.")
    @Nullable String role;

    @Option(
        names = "--alert",
        paramLabel = "ID",
        description = "Open alert, from 'blkwarden alerts': matches its policy and domain or host.")
    @Nullable String alert;

    @Option(
        names = "--for",
        required = true,
        paramLabel = "TIME",
        description = "Duration, e.g. 30m or 7d, at most 30d.")
    Duration time = Duration.ZERO;

    @Override
    OperatorRequest.Ask ask() {
      require(
          time.compareTo(Silence.LONGEST) <= 0,
          "--for: expected at most 30d, found %s".formatted(DurationText.print(time)));
      require(
          Stream.of(host, policy, domain, severity, role, alert).anyMatch(Objects::nonNull),
          "expected at least one of --host, --policy, --domain, --severity, --role or --alert");
      return silence(
          new Silence.Matcher(host, alert == null ? policy : "*", domain, severity, role));
    }

    private OperatorRequest.SilenceAdd silence(Silence.Matcher match) {
      return new OperatorRequest.SilenceAdd(match, time.toMillis());
    }

    @Override
    OperatorRequest.Ask complete(OperatorRequest.Ask ask, OperatorSession session)
        throws NatsException {
      String text = alert;
      if (text == null) {
        return ask;
      }
      MessageId id = made(() -> id(text));
      FleetReport fleet = ask(session, "query", new OperatorRequest.Fleet(null)).fleet();
      List<FleetReport.OpenAlert> alerts = fleet == null ? List.of() : fleet.alerts();
      return alerts.stream()
          .filter(each -> each.id().equals(id))
          .findFirst()
          .map(this::silence)
          .orElseThrow(() ->
              new NatsException(
                  "no open alert has the ID " + id,
                  "see 'blkwarden alerts', or silence by --policy"));
    }

    private OperatorRequest.SilenceAdd silence(FleetReport.OpenAlert open) {
      DomainRef of = open.domain();
      String openHost = of == null ? open.host().value() : null;
      String uuid = of == null ? null : of.uuid().toString();
      return silence(new Silence.Matcher(openHost, open.policy(), uuid, null, null));
    }
  }

  /** Lists the active silences. */
  @Command(name = "list", description = "Lists the active silences.")
  static final class Lists extends CliCommand.Session {
    @Override
    Integer run(OperatorSession session) throws NatsException {
      Instant now = Instant.now();
      List<Silence> active = new ArrayList<>();
      session.records(
          RecordKind.SILENCE,
          stored -> {
            if (ControlJson.decode(ControlMessage.class, stored.bytes())
                    instanceof Decoded.Ok<ControlMessage>(Silence silence)
                && silence.until().isAfter(now)) {
              active.add(silence);
            }
          });
      active.sort(Comparator.comparing(Silence::until));
      if (json) {
        active.forEach(each -> context.out().println(AsciiJson.line(each)));
        return ExitCodes.DONE;
      }
      Table.of(active)
          .column("ID", Silence::id)
          .column("EXPIRES", each -> each.until().truncatedTo(ChronoUnit.SECONDS))
          .column("HOST", each -> pattern(each.match().host()))
          .column("POLICY", each -> pattern(each.match().policy()))
          .column("DOMAIN", each -> pattern(each.match().domain()))
          .column("SEVERITY", each -> pattern(each.match().severity()))
          .column("ROLE", each -> pattern(each.match().role()))
          .column("BY", Silence::by)
          .column("KEY", Silence::requestedByKey)
          .column("REASON", Silence::reason)
          .print(context.out(), "no active silences");
      return ExitCodes.DONE;
    }

    private static String pattern(@Nullable String pattern) {
      return pattern == null ? "*" : pattern;
    }
  }
}
