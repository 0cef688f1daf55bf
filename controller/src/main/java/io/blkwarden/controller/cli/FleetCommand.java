package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.Complaint;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.message.FleetReport;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

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
}
