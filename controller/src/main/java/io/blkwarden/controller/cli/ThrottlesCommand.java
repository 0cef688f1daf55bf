package io.blkwarden.controller.cli;

import io.blkwarden.commandline.Table;
import io.blkwarden.model.message.FleetReport;
import java.util.List;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** Lists the throttles in force. */
@Command(
    name = "throttles",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the throttled disks: what is set, by which policy or operator, its effect on the other"
          + " disks, and when the lease ends.",
      "Exit code 1 if no controller answers."
    })
final class ThrottlesCommand extends FleetCommand {
  ThrottlesCommand(CommandContext context) {
    super(context);
  }

  @Override
  JsonNode part(FleetReport report, JsonNode fleet) {
    return list("blkwarden.throttles.v1", "throttles", fleet.path("throttles"));
  }

  @Override
  void print(FleetReport report) {
    print(this, report.throttles(), report);
  }

  static void print(FleetCommand command, List<FleetReport.Throttle> shown, FleetReport report) {
    Table table = new Table("THROTTLED DISK", "SET", "STAGE", "BY", "EFFECT", "ENDS IN", "ID");
    for (FleetReport.Throttle each : shown) {
      table.row(
          List.of(
              "%s/%s/%s".formatted(each.host(), each.domain().name(), each.disk()),
              each.restraint(),
              each.stage(),
              each.by() != null ? each.by() : each.policy() != null ? each.policy() : "-",
              orDash(each.effect()),
              time(report.at(), each.ends()),
              each.lease().value()));
    }
    command.print(
        table, shown.size(), report.throttlesInAll(), "no disk is throttled", "throttles");
  }
}
