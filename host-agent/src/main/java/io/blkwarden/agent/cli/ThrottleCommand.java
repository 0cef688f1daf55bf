package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.BootId;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.CommandAction;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code blkwarden-agent throttle}: a throttle without NATS and controller. */
@Command(
    name = "throttle",
    mixinStandardHelpOptions = true,
    description = {
      "Throttles a disk of this host for a time, without NATS and controller.",
      "Needs root and the running agent, which checks the request as one of a controller and ends"
          + " the throttle. A disk whose threads are not proven is refused (exit code 3)."
    })
final class ThrottleCommand implements Callable<Integer> {
  private static final String MAP = "see 'blkwarden-agent map'";

  @Mixin private LocalRequest request = new LocalRequest();

  @ArgGroup(multiplicity = "0..1")
  private How how = new How();

  @Option(
      names = "--lease",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = DurationText.class,
      description = "Time until the throttle expires, 1s to 1h. Default ${DEFAULT-VALUE}.")
  private Duration lease = Duration.ofMinutes(10);

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Reason, for the audit trail.")
  private String reason = "";

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

    Restraint restraint() {
      if (limit != null) {
        return Restraint.parse("limit " + limit);
      }
      Restraint parsed = Restraint.parse(priority == null ? "idle" : priority);
      if (parsed instanceof Restraint.Limit) {
        throw new IllegalArgumentException("--priority: expected a priority, found a limit");
      }
      return parsed;
    }
  }

  @Override
  public Integer call() {
    CommandOutput output = request.output();
    try {
      Restraint restraint = how.restraint();
      return HostSources.useThisHost(output, found -> throttle(found, restraint, output));
    } catch (IllegalArgumentException e) {
      return output.usageErrors(List.of(String.valueOf(e.getMessage())));
    }
  }

  private int throttle(HostSources sources, Restraint restraint, CommandOutput output) {
    List<MappedDisk> disks =
        HostMap.settled(sources, RolePatterns.DEFAULTS, HostMap.SETTLE_MILLIS).resolution().disks();
    ReadResult<MappedDisk> found = HostMap.find(disks, request.disk);
    if (!(found instanceof ReadResult.Present<MappedDisk>(MappedDisk disk))) {
      return output.failed(found.describe(), MAP);
    }
    if (disk.state() != MappingState.RESOLVED) {
      return output.error(ExitCodes.REFUSED, "the disk is " + disk.state().wire(), MAP);
    }
    ReadResult<BootId> boot = BootId.read(sources.files());
    if (!(boot instanceof ReadResult.Present<BootId>(BootId present))) {
      return output.failed(boot.describe(), "see 'blkwarden-agent doctor'");
    }
    return request.send(
        sources.files(), action(disk, present.id(), request.newId(), restraint, lease), reason);
  }

  static CommandAction.Set action(
      MappedDisk disk, UUID boot, MessageId lease, Restraint restraint, Duration time) {
    return new CommandAction.Set(
        lease,
        disk.domain(),
        disk.disk().vdev(),
        boot,
        disk.workers().stream().map(Worker::id).toList(),
        restraint,
        time.toMillis());
  }
}
