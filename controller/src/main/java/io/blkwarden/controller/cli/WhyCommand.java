package io.blkwarden.controller.cli;

import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Nearest;
import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.blkwarden.controller.audit.AuditTrailJson;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.Printable;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Why something was done, or was not. */
@Command(
    name = "why",
    mixinStandardHelpOptions = true,
    description = {
      "Tells the story of a domain, a throttle, an alert or an incident in the order of its time:"
          + " which rule, with what numbers, what was done, what was refused and by which guard,"
          + " what it changed, and when it ended.",
      "Asks a controller for the records; exit code 1 when none answers, or nothing is known."
    })
final class WhyCommand implements Callable<Integer> {
  private static final String REMEDY =
      "check the name with 'blkwarden map', or look further back with --since";

  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();

  @Parameters(
      paramLabel = "DOMAIN|ID",
      description = "Name or UUID of a domain, or id of a throttle, alert or incident.")
  String about = "";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      defaultValue = "24h",
      converter = DurationText.class,
      description = "How far back, such as 30m, 24h or 7d. Default ${DEFAULT-VALUE}.")
  Duration since = Duration.ofHours(24);

  @Option(
      names = "--json",
      description = "Print one JSON object with every message that the story is made of.")
  boolean json;

  WhyCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    AuditQuery query = UsageException.unless(() -> new AuditQuery(about));
    AuditTrail trail;
    try (OperatorSession session =
        OperatorSession.open(nats.settings(context, "cli"), new SecureRandom())) {
      trail = session.auditTrail(query, Instant.now().minus(since), this::stopped);
      if (json) {
        context.out().println(AuditTrailJson.of(about, trail));
      }
      if (trail.parts().isEmpty()) {
        return context.failed(
            "nothing was said about %s in the last %s".formatted(about, DurationText.print(since)),
            remedy(session));
      }
    }
    if (!json) {
      print(trail);
    }
    return ExitCodes.DONE;
  }

  private String remedy(OperatorSession session) {
    Set<String> names = new HashSet<>();
    try {
      for (StoredMap each : StoredMap.all(session, _ -> {})) {
        each.snapshot().disks().forEach(disk -> names.add(disk.domain().name()));
      }
    } catch (NatsException _) {
      return REMEDY; // nobody has stored a map
    }
    String meant = names.contains(about) ? "" : Nearest.question(about, names);
    return meant.isEmpty() ? REMEDY : meant + " Otherwise " + REMEDY;
  }

  private boolean stopped() {
    return Thread.currentThread().isInterrupted() || context.out().checkError();
  }

  private void print(AuditTrail trail) {
    if (trail.leftOut() > 0) {
      context.remark("%d older messages are left out".formatted(trail.leftOut()));
    }
    for (AuditTrail.Line line : trail.lines()) {
      context
          .out()
          .printf(
              "%s  %s%n",
              context.ink().dim(line.at().truncatedTo(ChronoUnit.MILLIS).toString()),
              Printable.of(line.text()));
    }
  }
}
