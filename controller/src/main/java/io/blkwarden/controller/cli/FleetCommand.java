package io.blkwarden.controller.cli;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.controller.nats.Records;
import io.blkwarden.controller.policy.Glob;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.FleetReport;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A command that asks the leader for the state of the fleet and prints a part of it. */
abstract class FleetCommand extends CliCommand.Session {
  @Option(
      names = "--host",
      paramLabel = "PATTERN",
      description = "Show only these hosts, e.g. 'dom0-1*'.")
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
  Integer run(OperatorSession session) throws NatsException {
    OperatorReply reply = ask(session, "query", new OperatorRequest.Fleet(host));
    FleetReport report = reply.fleet();
    if (report == null) {
      return context.failed(
          reply.detail(),
          "the controller may be an older version: upgrade it, or use its dashboard");
    }
    if (json) {
      context.print(document(report, AsciiJson.node(reply).path("fleet")));
    } else {
      print(report);
    }
    return exitCode(report);
  }

  /** Prints a table, or a sentence if it has no rows. */
  void print(Table<?> table, int inAll, String nothing, String what) {
    table.print(context.out(), nothing);
    if (table.size() > 0 && table.size() < inAll) {
      context.note("%d of %d %s shown; select with --host".formatted(table.size(), inAll, what));
    }
  }

  /** Prints alerts, of {@code inAll} open ones. */
  void printAlerts(List<FleetReport.OpenAlert> alerts, Instant now, int inAll) {
    Table<FleetReport.OpenAlert> table =
        Table.of(alerts)
            .column("ALERT", FleetReport.OpenAlert::id)
            .column(
                "STATE",
                each -> each.state().wire() + (each.suppressedBy() == null ? "" : " (suppressed)"))
            .column("SEVERITY", each -> each.severity().wire())
            .column("SINCE", each -> time(each.since(), now) + " ago")
            .column("HOST", FleetReport.OpenAlert::host)
            .column("DOMAIN", each -> each.domain() == null ? null : each.domain().name())
            .column("DISK", FleetReport.OpenAlert::disk)
            .column("SUMMARY", FleetReport.OpenAlert::summary);
    print(table, inAll, "no open alerts", "alerts");
  }

  /** Prints throttles, of {@code inAll} active ones. */
  void printThrottles(List<FleetReport.Throttle> throttles, Instant now, int inAll) {
    Table<FleetReport.Throttle> table =
        Table.of(throttles)
            .column(
                "THROTTLED DISK",
                each -> "%s/%s/%s".formatted(each.host(), each.domain().name(), each.disk()))
            .column("SET", FleetReport.Throttle::restraint)
            .column("STATE", each -> word(each.stage()))
            .column("BY", each -> each.by() == null ? each.policy() : each.by())
            .column("EFFECT", FleetReport.Throttle::effect)
            .column("EXPIRES IN", each -> time(now, each.ends()))
            .column("ID", FleetReport.Throttle::lease);
    print(table, inAll, "no throttles", "throttles");
  }

  /** The word that text output uses for a state in JSON. */
  private static String word(String state) {
    return switch (state) {
      case "silent" -> "stale";
      case "unheard" -> "never reported";
      case "held" -> "active";
      default -> state;
    };
  }

  /** Time from one moment to a later one, in whole seconds. */
  private static String time(Instant from, Instant to) {
    return DurationText.print(Duration.between(from, to));
  }

  /** Prints the state of the fleet on one screen. */
  @Command(
      name = "status",
      description = {
        "Shows the state of the fleet: leader, hosts, throttles, alerts and problems.",
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
      Map<String, Long> states = count(report.hosts().stream(), each -> word(each.state()));
      long problems = report.hosts().stream().filter(each -> each.problem() != null).count();
      if (problems > 0) {
        states.put("with a problem", problems);
      }
      line("hosts", counts(report.hostsInAll(), states));
      Stream<FleetReport.Throttle> throttles = report.throttles().stream();
      line(
          "throttles",
          counts(report.throttlesInAll(), count(throttles, FleetReport.Throttle::restraint)));
      Stream<FleetReport.OpenAlert> alerts = report.alerts().stream();
      line("alerts", counts(report.alertsInAll(), count(alerts, each -> each.severity().wire())));
      if (report.proposals() > 0) {
        line("proposals", "%d pending: see 'blkwarden proposals'".formatted(report.proposals()));
      }
      boolean paused = report.pause() != null; // who and why is among the problems
      line("enforcement", paused ? context.style().warning("paused") : "active");
      report.problems().forEach(each -> line("problem", context.style().bad(Printable.of(each))));
      if (!report.alerts().isEmpty()) {
        context.out().println();
        printAlerts(first(report.alerts()), report.at(), report.alertsInAll());
      }
      if (!report.throttles().isEmpty()) {
        context.out().println();
        printThrottles(first(report.throttles()), report.at(), report.throttlesInAll());
      }
    }

    private void line(String name, String text) {
      context.out().printf("%-12s %s%n", name, text);
    }

    private static <T> List<T> first(List<T> all) {
      return all.subList(0, Math.min(SHOWN, all.size()));
    }

    /** A total and its parts, such as {@code 3 (2 live, 1 stale)}. */
    private static String counts(int all, Map<String, Long> by) {
      return by.entrySet().stream()
          .map(each -> each.getValue() + " " + each.getKey())
          .collect(joining(", ", all + (by.isEmpty() ? "" : " ("), by.isEmpty() ? "" : ")"));
    }

    private static <T> Map<String, Long> count(Stream<T> items, Function<T, String> word) {
      return items.collect(groupingBy(word, TreeMap::new, counting()));
    }
  }

  /** Lists the hosts. */
  @Command(
      name = "hosts",
      description = {
        "Lists the hosts with their busiest device, breaches and throttles.",
        "Hosts that need attention are first. Exit code 1 if no controller answers."
      })
  static final class Hosts extends FleetCommand {
    @Override
    JsonNode document(FleetReport report, JsonNode fleet) {
      return list("hosts", fleet.path("hosts"));
    }

    @Override
    void print(FleetReport report) {
      Table<FleetReport.Host> table =
          Table.of(report.hosts())
              .column("HOST", FleetReport.Host::host)
              .column("STATE", each -> word(each.state()))
              .column(
                  "LAST SEEN",
                  each -> {
                    Instant last = each.lastHeard();
                    return last == null ? null : time(last, report.at()) + " ago";
                  })
              .column("AGENT", FleetReport.Host::version)
              .column("DISKS", FleetReport.Host::disks)
              .column("UNRESOLVED", FleetReport.Host::unresolved)
              .column("DEVICE", FleetReport.Host::busiest)
              .column("UTIL", each -> number("%.0f%%", each.util(), 100))
              .column("AWAIT", each -> number("%.0f ms", each.awaitMs(), 1))
              .column("PSI IO FULL", each -> number("%.0f%%", each.ioFull(), 100))
              .column("BREACHES", FleetReport.Host::breaches)
              .column("THROTTLES", FleetReport.Host::throttles)
              .column("PROBLEM", FleetReport.Host::problem);
      String nothing =
          host == null ? "no hosts: start blkwarden-agent on the dom0s" : "no host matches " + host;
      print(table, report.hostsInAll(), nothing, "hosts");
    }

    private static @Nullable String number(String format, @Nullable Double value, int times) {
      return value == null ? null : String.format(Locale.ROOT, format, value * times);
    }
  }

  /** Lists the active throttles. */
  @Command(
      name = "throttles",
      description = {
        "Lists the active throttles with their effect and expiry.",
        "BY is the policy, or the operator who requested it; EFFECT, what it changed for the other"
            + " disks. Exit code 1 if no controller answers."
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

  /** Lists the open alerts, or prints the recorded ones. */
  @Command(
      name = "alerts",
      description = {
        "Lists the open alerts, the most severe first, or recorded alerts.",
        "With --history or --follow, prints one line per state change. Exit code 1 if no controller"
            + " answers."
      })
  static final class Alerts extends FleetCommand {
    @Option(names = "--history", description = "Print recorded alerts.")
    boolean history;

    @Option(
        names = {"-f", "--follow"},
        description = "Print recorded alerts, then new ones until interrupted.")
    boolean follow;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        description = "Print recorded alerts of this time, e.g. 30m or 7d (default: 24h).")
    @Nullable Duration since;

    @Option(
        names = "--domain",
        paramLabel = "PATTERN",
        description = "Show only these domains, by name or UUID.")
    @Nullable String domain;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "Show only this state: firing, handled, unknown or resolved; repeatable.")
    List<Alert.State> states = new ArrayList<>();

    @Option(
        names = "--severity",
        paramLabel = "SEVERITY",
        description = "Show only this severity: info, warning or critical; repeatable.")
    List<Alert.Severity> severities = new ArrayList<>();

    private int printed;

    @Override
    Integer run(OperatorSession session) throws NatsException {
      if (!history && !follow && since == null) {
        return super.run(session);
      }
      Instant from = Instant.now().minus(since == null ? Duration.ofHours(24) : since);
      session.alerts(from, follow, this::stopped, this::print);
      if (printed == 0 && !follow) {
        context.note("no recorded alert matches; to go back further, use a longer --since");
      }
      return ExitCodes.DONE;
    }

    private boolean wanted(
        Alert.State state, Alert.Severity severity, HostId of, @Nullable DomainRef name) {
      return (states.isEmpty() || states.contains(state))
          && (severities.isEmpty() || severities.contains(severity))
          && (host == null || new Glob(host).matches(of.value()))
          && (domain == null || (name != null && MapCommand.matches(domain, name)));
    }

    private boolean wanted(FleetReport.OpenAlert open) {
      return wanted(open.state(), open.severity(), open.host(), open.domain());
    }

    @Override
    JsonNode document(FleetReport report, JsonNode fleet) {
      ArrayNode rows = AsciiJson.MAPPER.createArrayNode();
      for (int i = 0; i < report.alerts().size(); i++) {
        if (wanted(report.alerts().get(i))) {
          rows.add(fleet.path("alerts").path(i));
        }
      }
      return AsciiJson.document("blkwarden.open-alerts.v1").set("alerts", rows);
    }

    @Override
    void print(FleetReport report) {
      List<FleetReport.OpenAlert> wanted = report.alerts().stream().filter(this::wanted).toList();
      boolean cut = report.alerts().size() < report.alertsInAll();
      if (wanted.isEmpty() && !cut && !report.alerts().isEmpty()) {
        context.out().println("no open alert matches; %d are open".formatted(report.alertsInAll()));
      } else {
        printAlerts(wanted, report.at(), cut ? report.alertsInAll() : 0);
      }
    }

    private void print(Records.Stored stored) {
      byte[] message = stored.bytes();
      switch (ControlJson.decode(Alert.class, message)) {
        case Decoded.Ok<Alert>(Alert alert) -> {
          if (wanted(alert.state(), alert.severity(), alert.host(), alert.domain())) {
            context.out().println(json ? AsciiJson.line(message) : line(alert));
            printed++;
          }
        }
        case Decoded.Malformed<Alert> bad ->
            context.note(
                "cannot read an alert: %s; check the version of its controller"
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
                case FIRING -> context.style().bad(state);
                case HANDLED, UNKNOWN -> context.style().warning(state);
                case RESOLVED -> context.style().good(state);
              },
              switch (alert.severity()) {
                case INFO -> severity;
                case WARNING -> context.style().warning(severity);
                case CRITICAL -> context.style().bad(severity);
              },
              Printable.of(alert.host().value()),
              Printable.of(alert.policy()),
              Printable.of(alert.summary()));
    }
  }
}
