package io.blkwarden.controller.cli;

import io.blkwarden.commandline.DurationText;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.OperatorRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Throttles a disk. */
@Command(
    name = "throttle",
    mixinStandardHelpOptions = true,
    description = {
      "Lowers the I/O priority of the threads that serve a disk, or limits their IOPS, for a time.",
      "Safety checks also apply to manual throttles: a disk whose threads are not proven is"
          + " refused (exit code 3)."
    })
final class ThrottleCommand extends RequestCommand {
  @Parameters(paramLabel = DiskPath.LABEL, description = DiskPath.DESCRIPTION)
  String disk = "";

  @ArgGroup(multiplicity = "0..1")
  How how = new How();

  @Option(
      names = "--lease",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = DurationText.class,
      description = "Time until the throttle expires, 1s to 1h. Default ${DEFAULT-VALUE}.")
  Duration lease = Duration.ofMinutes(10);

  @Option(
      names = "--force",
      description =
          "Override the safety limits (disks_per_host, disks_per_domain, hosts_throttled,"
              + " stop_if_hosts_anomalous); goes on record. All other safety checks still apply.")
  boolean force;

  @Mixin Reason.Required reason = new Reason.Required();

  /** A priority or a limit. */
  static final class How {
    @Option(
        names = "--priority",
        paramLabel = "PRIORITY",
        description = "idle or best-effort/0..7. Default idle.")
    @Nullable String priority;

    @Option(
        names = "--limit",
        paramLabel = "N/s",
        description = "Limit reads and writes to N IOPS each, 10/s to 100000/s.")
    @Nullable String limit;
  }

  ThrottleCommand(CommandContext context) {
    super(context);
  }

  @Override
  OperatorRequest request() {
    DiskPath path = DiskPath.parse(disk);
    return request(
        reason.text,
        new OperatorRequest.Throttle(
            path.host(), path.domain(), path.disk(), restraint(), lease.toMillis(), force));
  }

  private Restraint restraint() {
    if (how.limit != null) {
      if (how.limit.matches("\\d+")) {
        throw new IllegalArgumentException(
            "--limit: expected a number a second, found '%1$s'; did you mean %1$s/s?"
                .formatted(how.limit));
      }
      return Restraint.parse("limit " + how.limit);
    }
    if (how.priority == null) {
      return Restraint.Priority.IDLE;
    }
    if (Restraint.parse(how.priority) instanceof Restraint.Priority priority) {
      return priority;
    }
    throw new IllegalArgumentException("--priority: expected a priority; set a limit with --limit");
  }
}
