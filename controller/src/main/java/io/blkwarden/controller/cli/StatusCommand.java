package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.FleetReport;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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
final class StatusCommand extends FleetCommand {
  /** Exit code if something needs attention. */
  static final int ATTENTION = 4;

  private static final int SHOWN = 10;

  StatusCommand(CommandContext context) {
    super(context);
  }

  @Override
  JsonNode part(FleetReport report, JsonNode fleet) {
    ObjectNode status = AsciiJson.MAPPER.createObjectNode().put("schema", "blkwarden.status.v1");
    fleet.properties().forEach(each -> status.set(each.getKey(), each.getValue()));
    return status;
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
    line(
        "leader",
        "%s, %d %s"
            .formatted(
                report.leader(),
                report.policies(),
                report.policies() == 1 ? "policy" : "policies"));
    line("hosts", counts(report.hostsInAll(), states(report)));
    line(
        "throttles",
        counts(
            report.throttlesInAll(),
            count(report.throttles().stream().map(FleetReport.Throttle::restraint).toList())));
    line(
        "alerts",
        counts(
            report.alertsInAll(),
            count(report.alerts().stream().map(each -> each.severity().wire()).toList())));
    if (report.proposals() > 0) {
      line("proposals", "%d wait: see 'blkwarden proposals'".formatted(report.proposals()));
    }
    line(
        "enforcement",
        report.pause() == null
            ? "active"
            : context
                .ink()
                .warning(
                    "paused by %s since %s: %s"
                        .formatted(
                            Printable.of(report.pause().by()),
                            report.pause().at(),
                            Printable.of(report.pause().reason()))));
    report.problems().forEach(each -> line("problem", context.ink().bad(Printable.of(each))));
    if (!report.alerts().isEmpty()) {
      context.out().println();
      AlertsCommand.print(this, report.alerts().stream().limit(SHOWN).toList(), report);
    }
    if (!report.throttles().isEmpty()) {
      context.out().println();
      ThrottlesCommand.print(this, report.throttles().stream().limit(SHOWN).toList(), report);
    }
  }

  private void line(String name, String text) {
    context.out().printf("%-12s %s%n", name, text);
  }

  private static String counts(int all, Map<String, Long> by) {
    return all
        + (by.isEmpty()
            ? ""
            : by.entrySet().stream()
                .map(each -> "%d %s".formatted(each.getValue(), each.getKey()))
                .collect(Collectors.joining(", ", ": ", "")));
  }

  private static Map<String, Long> states(FleetReport report) {
    Map<String, Long> states = count(report.hosts().stream().map(FleetReport.Host::state).toList());
    long problems = report.hosts().stream().filter(each -> each.problem() != null).count();
    if (problems > 0) {
      states.put("with a problem", problems);
    }
    return states;
  }

  private static Map<String, Long> count(List<String> words) {
    return words.stream()
        .collect(Collectors.groupingBy(word -> word, TreeMap::new, Collectors.counting()));
  }
}
