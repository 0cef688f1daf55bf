package io.blkwarden.controller.cli;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.Complaint;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.FleetReport;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Pause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A command that asks the leader for the state of the fleet and prints a part of it. */
abstract class FleetCommand extends JsonCommand {
  @Mixin NatsOptions nats = new NatsOptions();

  @Option(
      names = "--host",
      paramLabel = "PATTERN",
      description = "Only these hosts, with * and ?, e.g. 'dom0-1*'.")
  @Nullable String host;

  /**
   * The document that {@code --json} prints.
   *
   * @param fleet the report as JSON
   */
  abstract JsonNode document(FleetReport report, JsonNode fleet);

  /** A document with one list of the report. */
  static JsonNode list(String name, JsonNode rows) {
    return AsciiJson.document("blkwarden.%s.v1".formatted(name)).set(name, rows);
  }

  /** Prints the report as text. */
  abstract void print(FleetReport report);

  /** The exit code for a report. */
  int exitCode(FleetReport report) {
    return ExitCodes.DONE;
  }

  @Override
  public Integer call() throws NatsException {
    OperatorReply reply;
    try (OperatorSession session = nats.connect()) {
      reply = ask(session, context, host);
    }
    FleetReport report = reply.fleet();
    if (report == null) {
      return context.error(
          new Complaint(
              reply.detail(), "the controller may be older: upgrade it, or see its dashboard"),
          ExitCodes.FAILED);
    }
    if (json) {
      context.print(document(report, AsciiJson.node(reply).path("fleet")));
    } else {
      print(report);
    }
    return exitCode(report);
  }

  /** Asks for the state of the hosts that match a pattern, or of all. */
  static OperatorReply ask(OperatorSession session, CommandContext context, @Nullable String hosts)
      throws NatsException {
    return session.ask(
        new OperatorRequest(context.user(), "query", new OperatorRequest.Fleet(hosts)),
        RequestCommand.TIMEOUT);
  }

  /** Prints a table, or a sentence if it has no rows. */
  void print(Table.Columns<?> table, int inAll, String nothing, String what) {
    if (table.size() == 0) {
      context.out().println(nothing);
      return;
    }
    table.print(context.out());
    if (table.size() < inAll) {
      context.note("%d of %d %s shown; select with --host".formatted(table.size(), inAll, what));
    }
  }

  /** Prints alerts, of {@code inAll} open ones. */
  void printAlerts(List<FleetReport.OpenAlert> alerts, Instant now, int inAll) {
    Table.Columns<FleetReport.OpenAlert> table =
        Table.of(alerts)
            .column("ALERT", each -> each.id().value())
            .column(
                "STATE",
                each -> each.state().wire() + (each.suppressedBy() == null ? "" : " (suppressed)"))
            .column("SEVERITY", each -> each.severity().wire())
            .column("SINCE", each -> time(each.since(), now) + " ago")
            .column("HOST", each -> each.host())
            .column("DOMAIN", each -> each.domain() == null ? null : each.domain().name())
            .column("DISK", each -> each.disk())
            .column("SUMMARY", each -> each.summary());
    print(table, inAll, "no open alerts", "alerts");
  }

  /** Prints throttles, of {@code inAll} active ones. */
  void printThrottles(List<FleetReport.Throttle> throttles, Instant now, int inAll) {
    Table.Columns<FleetReport.Throttle> table =
        Table.of(throttles)
            .column(
                "THROTTLED DISK",
                each -> "%s/%s/%s".formatted(each.host(), each.domain().name(), each.disk()))
            .column("SET", each -> each.restraint())
            .column("STAGE", each -> each.stage())
            .column("BY", each -> each.by() == null ? each.policy() : each.by())
            .column("EFFECT", each -> each.effect())
            .column("ENDS IN", each -> time(now, each.ends()))
            .column("ID", each -> each.lease().value());
    print(table, inAll, "no disk is throttled", "throttles");
  }

  /** Time from one moment to a later one, in whole seconds. */
  static String time(Instant from, Instant to) {
    return DurationText.print(Duration.between(from, to));
  }

  /** Prints the state of the fleet on one screen. */
  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = {
        "Shows the state of the fleet on one screen: leader, hosts, throttles, alerts, pause and"
            + " problems.",
        "Exit code 0 if nothing needs attention, 4 if something does (open warning or critical"
            + " alerts, hosts that do not report, problems, a pause), 1 if no controller answers."
      })
  static final class Status extends FleetCommand {
    /** Exit code if something needs attention. */
    static final int ATTENTION = 4;

    private static final int SHOWN = 10;

    @Override
    JsonNode document(FleetReport report, JsonNode fleet) {
      return AsciiJson.document("blkwarden.status.v1").setAll((ObjectNode) fleet);
    }

    @Override
    int exitCode(FleetReport report) {
      boolean fine =
          report.pause() == null
              && report.problems().isEmpty()
              && report.alerts().stream().allMatch(each -> each.severity() == Alert.Severity.INFO)
              && report.hosts().stream()
                  .allMatch(each -> "live".equals(each.state()) && each.problem() == null);
      return fine ? ExitCodes.DONE : ATTENTION;
    }

    @Override
    void print(FleetReport report) {
      int policies = report.policies();
      line("leader", report.leader() + ", " + PolicyCommand.count(policies, "policy", "policies"));
      Map<String, Long> states = count(report.hosts().stream(), FleetReport.Host::state);
      long problems = report.hosts().stream().filter(each -> each.problem() != null).count();
      if (problems > 0) {
        states.put("with a problem", problems);
      }
      line("hosts", counts(report.hostsInAll(), states));
      line(
          "throttles",
          counts(
              report.throttlesInAll(),
              count(report.throttles().stream(), FleetReport.Throttle::restraint)));
      line(
          "alerts",
          counts(
              report.alertsInAll(),
              count(report.alerts().stream(), each -> each.severity().wire())));
      if (report.proposals() > 0) {
        line("proposals", "%d pending: see 'blkwarden proposals'".formatted(report.proposals()));
      }
      line("enforcement", enforcement(report.pause()));
      for (String problem : report.problems()) {
        line("problem", context.ink().bad(Printable.of(problem)));
      }
      if (!report.alerts().isEmpty()) {
        context.out().println();
        printAlerts(
            report.alerts().stream().limit(SHOWN).toList(), report.at(), report.alertsInAll());
      }
      if (!report.throttles().isEmpty()) {
        context.out().println();
        printThrottles(
            report.throttles().stream().limit(SHOWN).toList(),
            report.at(),
            report.throttlesInAll());
      }
    }

    private String enforcement(@Nullable Pause pause) {
      return pause == null
          ? "active"
          : context
              .ink()
              .warning(
                  "paused by %s since %s: %s"
                      .formatted(
                          Printable.of(pause.by()), pause.at(), Printable.of(pause.reason())));
    }

    private void line(String name, String text) {
      context.out().printf("%-12s %s%n", name, text);
    }

    private static String counts(int all, Map<String, Long> by) {
      return by.entrySet().stream()
          .map(each -> each.getValue() + " " + each.getKey())
          .collect(joining(", ", by.isEmpty() ? all + "" : all + ": ", ""));
    }

    private static <T> Map<String, Long> count(Stream<T> items, Function<T, String> word) {
      return items.collect(groupingBy(word, TreeMap::new, counting()));
    }
  }

  /** Lists the hosts. */
  @Command(
      name = "hosts",
      mixinStandardHelpOptions = true,
      description = {
        "Lists the hosts, those that need attention first: whether they report, their busiest"
            + " device, breaches and throttles.",
        "Exit code 1 if no controller answers."
      })
  static final class Hosts extends FleetCommand {
    @Override
    JsonNode document(FleetReport report, JsonNode fleet) {
      return list("hosts", fleet.path("hosts"));
    }

    @Override
    void print(FleetReport report) {
      Table.Columns<FleetReport.Host> table =
          Table.of(report.hosts())
              .column("HOST", each -> each.host())
              .column("STATE", each -> each.state())
              .column(
                  "HEARD",
                  each ->
                      each.lastHeard() == null
                          ? null
                          : time(each.lastHeard(), report.at()) + " ago")
              .column("AGENT", each -> each.version())
              .column("DISKS", each -> each.disks())
              .column("UNRESOLVED", each -> each.unresolved())
              .column("DEVICE", each -> each.busiest())
              .column("UTIL", each -> percent(each.util()))
              .column("AWAIT", each -> number(each.awaitMs(), "%.0f ms"))
              .column("IO FULL", each -> percent(each.ioFull()))
              .column("BREACHES", each -> each.breaches())
              .column("THROTTLES", each -> each.throttles())
              .column("PROBLEM", each -> each.problem());
      print(
          table,
          report.hostsInAll(),
          host == null ? "no hosts: start blkwarden-agent on the dom0s" : "no host matches " + host,
          "hosts");
    }

    private static @Nullable String percent(@Nullable Double share) {
      return share == null ? null : number(share * 100, "%.0f%%");
    }

    private static @Nullable String number(@Nullable Double value, String format) {
      return value == null ? null : String.format(Locale.ROOT, format, value);
    }
  }

  /** Lists the active throttles. */
  @Command(
      name = "throttles",
      mixinStandardHelpOptions = true,
      description = {
        "Lists the throttled disks: what is set, by which policy or operator, its effect on the"
            + " other disks, and when the lease ends.",
        "Exit code 1 if no controller answers."
      })
  static final class Throttles extends FleetCommand {
    @Override
    JsonNode document(FleetReport report, JsonNode fleet) {
      return list("throttles", fleet.path("throttles"));
    }

    @Override
    void print(FleetReport report) {
      printThrottles(report.throttles(), report.at(), report.throttlesInAll());
    }
  }
}
