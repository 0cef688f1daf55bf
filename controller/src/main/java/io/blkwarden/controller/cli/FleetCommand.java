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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A command that asks the leader for the state of the fleet and prints a part of it. */
abstract class FleetCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final double PERCENT = 100;

  final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();

  @Option(names = "--json", description = "Print one JSON object, and errors as JSON on stderr.")
  boolean json;

  @Option(
      names = "--host",
      paramLabel = "PATTERN",
      description = "Only these hosts, with * and ?, e.g. 'dom0-1*'.")
  @Nullable String host;

  FleetCommand(CommandContext context) {
    this.context = context;
  }

  /**
   * What {@code --json} prints.
   *
   * @param fleet the report as JSON
   */
  abstract JsonNode part(FleetReport report, JsonNode fleet);

  /** An object with one list of the report. */
  static ObjectNode list(String schema, String name, JsonNode rows) {
    ObjectNode part = AsciiJson.MAPPER.createObjectNode().put("schema", schema);
    part.set(name, rows);
    return part;
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
    try (OperatorSession session = nats.connect(context)) {
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
      JsonNode part = part(report, AsciiJson.node(reply).path("fleet"));
      context.out().println(AsciiJson.MAPPER.writeValueAsString(part));
    } else {
      print(report);
    }
    return exitCode(report);
  }

  /** Prints a table, or a sentence if it has no rows. */
  void print(Table table, int shown, int inAll, String nothing, String what) {
    if (shown == 0) {
      context.out().println(nothing);
      return;
    }
    table.print(context.out());
    if (shown < inAll) {
      context.note(
          "%d of %d %s are shown: narrow them down with --host".formatted(shown, inAll, what));
    }
  }

  /** Asks for the state of the hosts that match a pattern, or of all. */
  static OperatorReply ask(OperatorSession session, CommandContext context, @Nullable String hosts)
      throws NatsException {
    return session.ask(
        new OperatorRequest(context.user(), "query", new OperatorRequest.Fleet(hosts)), TIMEOUT);
  }

  static String orDash(@Nullable Object value) {
    return value == null ? "-" : value.toString();
  }

  static String percent(@Nullable Double share) {
    return share == null ? "-" : Math.round(share * PERCENT) + "%";
  }

  static String millis(@Nullable Double millis) {
    return millis == null ? "-" : Math.round(millis) + " ms";
  }

  /** Time from one moment to a later one, in whole seconds. */
  static String time(Instant from, Instant to) {
    Duration between = Duration.between(from, to);
    return DurationText.print(Duration.ofSeconds(between.isNegative() ? 0 : between.toSeconds()));
  }
}
