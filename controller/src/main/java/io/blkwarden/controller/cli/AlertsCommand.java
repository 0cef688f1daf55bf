package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists the open alerts, or prints the recorded ones. */
@Command(
    name = "alerts",
    description = {
      "Lists the open alerts, the most severe first, or recorded alerts.",
      "With --history or --follow, prints one line per state change. Exit code 1 if no controller"
          + " answers."
    })
final class AlertsCommand extends FleetCommand {
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

  @Override
  Integer run(OperatorSession session) throws NatsException {
    if (!history && !follow && since == null) {
      return super.run(session);
    }
    Instant from = Instant.now().minus(since == null ? Duration.ofHours(24) : since);
    session.alerts(from, follow, this::stopped, this::print);
    return ExitCodes.DONE;
  }

  private boolean wanted(
      Alert.State state, Alert.Severity severity, HostId of, @Nullable DomainRef name) {
    return (states.isEmpty() || states.contains(state))
        && (severities.isEmpty() || severities.contains(severity))
        && (host == null || new Glob(host).matches(of.value()))
        && (domain == null || (name != null && MapCommand.matches(domain, name)));
  }

  private List<FleetReport.OpenAlert> wanted(FleetReport report) {
    return report.alerts().stream()
        .filter(each -> wanted(each.state(), each.severity(), each.host(), each.domain()))
        .toList();
  }

  @Override
  JsonNode document(FleetReport report, JsonNode fleet) {
    Set<String> wanted =
        wanted(report).stream().map(each -> each.id().value()).collect(Collectors.toSet());
    ObjectNode document = AsciiJson.document("blkwarden.open-alerts.v1");
    ArrayNode rows = document.putArray("alerts");
    fleet
        .path("alerts")
        .valueStream()
        .filter(each -> wanted.contains(each.path("id").asString()))
        .forEach(rows::add);
    return document;
  }

  @Override
  void print(FleetReport report) {
    List<FleetReport.OpenAlert> wanted = wanted(report);
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
              case FIRING -> context.ink().bad(state);
              case HANDLED, UNKNOWN -> context.ink().warning(state);
              case RESOLVED -> context.ink().good(state);
            },
            switch (alert.severity()) {
              case INFO -> severity;
              case WARNING -> context.ink().warning(severity);
              case CRITICAL -> context.ink().bad(severity);
            },
            Printable.of(alert.host().value()),
            Printable.of(alert.policy()),
            Printable.of(alert.summary()));
  }
}
