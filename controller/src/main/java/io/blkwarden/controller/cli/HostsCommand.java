package io.blkwarden.controller.cli;

import io.blkwarden.commandline.Table;
import io.blkwarden.model.message.FleetReport;
import java.util.List;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** Lists the hosts. */
@Command(
    name = "hosts",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the hosts, those that need attention first: whether they report, their busiest device,"
          + " breaches and throttles.",
      "Exit code 1 if no controller answers."
    })
final class HostsCommand extends FleetCommand {
  HostsCommand(CommandContext context) {
    super(context);
  }

  @Override
  JsonNode part(FleetReport report, JsonNode fleet) {
    return list("blkwarden.hosts.v1", "hosts", fleet.path("hosts"));
  }

  @Override
  void print(FleetReport report) {
    Table table =
        new Table(
            "HOST",
            "STATE",
            "HEARD",
            "AGENT",
            "DISKS",
            "UNRESOLVED",
            "DEVICE",
            "UTIL",
            "AWAIT",
            "IO FULL",
            "BREACHES",
            "THROTTLES",
            "PROBLEM");
    for (FleetReport.Host each : report.hosts()) {
      table.row(
          List.of(
              each.host().value(),
              each.state(),
              each.lastHeard() == null ? "-" : time(each.lastHeard(), report.at()) + " ago",
              orDash(each.version()),
              String.valueOf(each.disks()),
              String.valueOf(each.unresolved()),
              orDash(each.busiest()),
              percent(each.util()),
              millis(each.awaitMs()),
              percent(each.ioFull()),
              String.valueOf(each.breaches()),
              String.valueOf(each.throttles()),
              orDash(each.problem())));
    }
    print(
        table,
        report.hosts().size(),
        report.hostsInAll(),
        host == null ? "no hosts: start blkwarden-agent on the dom0s" : "no host matches " + host,
        "hosts");
  }
}
