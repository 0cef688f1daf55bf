package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.ProcFiles;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.RestraintOptions;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.CommandAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code blkwarden-agent throttle}: a throttle without NATS and controller. */
@Command(
    name = "throttle",
    mixinStandardHelpOptions = true,
    description = {
      "Throttles a disk of this host for a time, without NATS or a controller.",
      "Needs root and a running agent, which checks the request like a controller's command and"
          + " ends the throttle. Refused (exit code 3) if the threads of the disk are not proven."
    })
final class ThrottleCommand implements Callable<Integer> {
  private static final String MAP = "see 'blkwarden-agent map'";

  @Mixin private CommandOutput output = new CommandOutput();
  @Mixin private LocalRequest request = new LocalRequest();

  @ArgGroup(multiplicity = "0..1")
  private RestraintOptions how = new RestraintOptions();

  @Option(
      names = "--lease",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = DurationText.class,
      description = "Time until the throttle expires, 1s to 1h (default: ${DEFAULT-VALUE}).")
  private Duration lease = Duration.ofMinutes(10);

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Reason, for the audit trail.")
  private String reason = "";

  @Override
  public Integer call() {
    List<String> problems = new ArrayList<>();
    Optional<Restraint> restraint = how.restraint(problems);
    output.requireValid(problems);
    try (HostSources sources = HostSources.ofThisHost(output)) {
      return throttle(sources, restraint.orElseThrow());
    }
  }

  private int throttle(HostSources sources, Restraint restraint) {
    List<MappedDisk> disks =
        HostMap.settled(sources, RolePatterns.DEFAULTS, HostMap.SETTLE).resolution().disks();
    MappedDisk disk = output.require(HostMap.find(disks, request.disk), MAP);
    if (disk.state() != MappingState.RESOLVED) {
      return output.error(
          ExitCodes.REFUSED, "%s is %s".formatted(request.disk, MapTable.state(disk)), MAP);
    }
    UUID boot = output.require(ProcFiles.bootId(sources.files()), HostSources.DOCTOR);
    CommandAction.Set set =
        new CommandAction.Set(
            request.newId(),
            disk.domain(),
            disk.disk().vdev(),
            boot,
            disk.workers().stream().map(Worker::id).toList(),
            restraint,
            lease.toMillis());
    return request.send(sources.files(), set, reason, output);
  }
}
