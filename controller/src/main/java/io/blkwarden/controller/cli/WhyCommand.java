package io.blkwarden.controller.cli;

import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Nearest;
import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.Printable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the audit trail of a host, domain, throttle, alert or incident. */
@Command(
    name = "why",
    description = {
      "Explains what happened to a host, domain, throttle, alert or incident.",
      "Prints in order of time: which policy was breached and by which values, what was done or"
          + " refused and by which safety check, the effect, and when it ended. Exit code 1 if no"
          + " controller answers or there are no records."
    })
final class WhyCommand extends CliCommand.Session {
  private static final String REMEDY =
      "check the name with 'blkwarden map', or use a longer --since";

  @Parameters(
      paramLabel = "HOST|DOMAIN|ID",
      description = "Host, domain by name or UUID, or ID of a throttle, alert or incident.")
  String about = "";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      defaultValue = "24h",
      description = "Print records of this time, e.g. 30m or 7d (default: ${DEFAULT-VALUE}).")
  Duration since = Duration.ofHours(24);

  @Override
  public Integer call() throws NatsException {
    var _ = made(() -> new AuditQuery(about)); // before it connects
    return super.call();
  }

  @Override
  Integer run(OperatorSession session) throws NatsException {
    AuditTrail trail =
        session.auditTrail(new AuditQuery(about), Instant.now().minus(since), this::stopped);
    if (json) {
      context.out().println(trail.json(about));
    }
    if (trail.entries().isEmpty()) {
      return context.failed(
          "no records for %s in the last %s".formatted(about, DurationText.print(since)),
          remedy(session));
    }
    if (!json) {
      print(trail);
    }
    return ExitCodes.DONE;
  }

  private String remedy(OperatorSession session) {
    Set<String> names = new HashSet<>();
    try {
      for (MapCommand.StoredMap each : MapCommand.StoredMap.all(session, _ -> {})) {
        each.snapshot().disks().forEach(disk -> names.add(disk.domain().name()));
      }
    } catch (NatsException _) {
      return REMEDY; // no maps
    }
    String question = names.contains(about) ? "" : Nearest.question(about, names);
    return question.isEmpty() ? REMEDY : question + " Otherwise " + REMEDY;
  }

  private void print(AuditTrail trail) {
    if (trail.dropped() > 0) {
      context.note("%d older messages omitted".formatted(trail.dropped()));
    }
    for (AuditTrail.Line line : trail.lines()) {
      context
          .out()
          .printf(
              "%s  %s%n",
              context.style().dim(line.at().truncatedTo(ChronoUnit.MILLIS).toString()),
              Printable.of(line.text()));
    }
  }
}
