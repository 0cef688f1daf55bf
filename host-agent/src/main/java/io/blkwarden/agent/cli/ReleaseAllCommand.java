package io.blkwarden.agent.cli;

import io.blkwarden.agent.cgroup.CgroupLimits;
import io.blkwarden.agent.kernel.RootedFiles;
import io.blkwarden.agent.kernel.SysfsQueues;
import io.blkwarden.agent.lease.LeaseFile;
import io.blkwarden.agent.lease.QueueFile;
import io.blkwarden.agent.lease.ReleaseRequest;
import io.blkwarden.agent.lease.StateLock;
import io.blkwarden.agent.priority.LinuxIoPriorities;
import io.blkwarden.agent.probe.BootId;
import io.blkwarden.agent.probe.KernelFiles;
import io.blkwarden.agent.probe.Reading;
import io.blkwarden.agent.probe.TaskStat;
import io.blkwarden.agent.queue.QueueTuner;
import io.blkwarden.agent.queue.QueueWish;
import io.blkwarden.agent.throttle.CommandGate;
import io.blkwarden.agent.throttle.End;
import io.blkwarden.agent.throttle.Outcomes;
import io.blkwarden.agent.throttle.StoredLeases;
import io.blkwarden.agent.throttle.Tasks;
import io.blkwarden.agent.throttle.Throttler;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Outcome;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code blkwarden-agent release-all}: restores every priority that leases have changed, without
 * NATS. A running agent is asked to do it; if none runs, it is done from the lease file.
 */
@Command(
    name = "release-all",
    mixinStandardHelpOptions = true,
    description = {
      "Ends all leases of this host and restores what they changed; needs no NATS.",
      "A running agent is asked to do it; if none runs, it is done from the lease file."
    })
final class ReleaseAllCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private StateOptions stateOptions = new StateOptions();

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    return switch (StateLock.attempt(stateOptions.stateDir, StateLock.LOOK)) {
      case StateLock.Attempt.Busy() -> ask(err);
      case StateLock.Attempt.Failed(String cause) -> {
        err.println("error: " + cause);
        yield ExitCodes.FAILED;
      }
      case StateLock.Attempt.Taken(StateLock lock) -> {
        try (lock) {
          yield Math.max(doIt(err), queues(err));
        }
      }
    };
  }

  private int ask(PrintWriter err) {
    ReleaseRequest request = new ReleaseRequest(stateOptions.stateDir);
    Optional<String> fault = request.make();
    if (fault.isPresent()) {
      err.println("error: " + fault.get());
      return ExitCodes.FAILED;
    }
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (request.stands() && System.nanoTime() < until) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    String stuck = request.stuck();
    if (request.stands() && !stuck.isEmpty()) {
      err.println("error: not ended yet, the agent keeps trying: " + stuck);
      return ExitCodes.FAILED;
    }
    if (request.stands()) {
      err.println(
          "error: the agent has not answered within %d s; the request stands, and the next agent to"
                  .formatted(PATIENCE.toSeconds())
              + " start will carry it out. Or stop the agent, and run this again.");
      return ExitCodes.FAILED;
    }
    spec.commandLine().getOut().println("the running agent has ended all its leases");
    return ExitCodes.DONE;
  }

  private int doIt(PrintWriter err) {
    LeaseFile file = new LeaseFile(stateOptions.stateDir);
    return switch (file.load()) {
      case LeaseFile.Found.Nothing() -> {
        spec.commandLine().getOut().println("no leases are held: there is no lease file");
        yield ExitCodes.DONE;
      }
      case LeaseFile.Found.SetAside(String detail) -> {
        err.println("error: " + detail);
        yield ExitCodes.FAILED;
      }
      case LeaseFile.Found.Unreadable(String detail) -> {
        err.println("error: " + detail + "; mend that, and run this again");
        yield ExitCodes.FAILED;
      }
      case LeaseFile.Found.Leases(StoredLeases leases) -> restore(file, leases, err);
    };
  }

  private int queues(PrintWriter err) {
    Path root = Path.of("/");
    Reading<QueueTuner> made =
        RootedFiles.below(root)
            .flatMap(files ->
                BootId.read(files)
                    .flatMap(boot -> {
                      QueueFile file = new QueueFile(stateOptions.stateDir, boot.id());
                      return file.load()
                          .map(earlier -> {
                            QueueTuner tuner =
                                new QueueTuner(new SysfsQueues(files, root), file, QueueWish.NONE);
                            tuner.recover(earlier);
                            return tuner;
                          });
                    }));
    Optional<String> fault =
        made instanceof Reading.Present<QueueTuner>(QueueTuner tuner)
            ? tuner.note()
            : Optional.of(made.describe());
    fault.ifPresent(why -> err.println("error: queues: " + why));
    return fault.isPresent() ? ExitCodes.FAILED : ExitCodes.DONE;
  }

  private int restore(LeaseFile file, StoredLeases leases, PrintWriter err) {
    Reading<Throttler> made =
        RootedFiles.below(Path.of("/"))
            .flatMap(files ->
                BootId.read(files)
                    .flatMap(boot ->
                        LinuxIoPriorities.open()
                            .map(priorities -> throttler(boot.id(), files, priorities, file))));
    if (!(made instanceof Reading.Present<Throttler>(Throttler throttler))) {
      err.println("error: " + made.describe());
      return ExitCodes.FAILED;
    }
    long now = System.nanoTime() / 1_000_000;
    List<Outcome> found = throttler.recover(leases, now);
    List<Outcome> swept = throttler.sweep();
    List<Outcome> ended = throttler.endAll(End.RELEASED, "release-all on the host", now);
    PrintWriter out = spec.commandLine().getOut();
    for (List<Outcome> outcomes : List.of(found, swept, ended)) {
      for (Outcome outcome : outcomes) {
        if (outcome.result() != Outcome.Result.ADOPTED) {
          out.println(line(outcome));
        }
      }
    }
    if (throttler.table().all().isEmpty()) {
      out.println("no leases are held any more");
      return ExitCodes.DONE;
    }
    err.println("error: some priorities could not be restored; try again");
    return ExitCodes.FAILED;
  }

  private static Throttler throttler(
      UUID boot, KernelFiles files, LinuxIoPriorities priorities, LeaseFile file) {
    return new Throttler(
        boot,
        new CommandGate(HostId.FLEET, true, 0),
        _ -> Optional.of("nothing is set here"),
        pid ->
            TaskStat.read(files, pid)
                .map(stat -> new Tasks.Task(stat.id(), stat.comm(), stat.isKernelThread())),
        priorities,
        new CgroupLimits(files, Path.of("/")),
        file,
        new Outcomes(HostId.FLEET, boot, InstantSource.system(), new SecureRandom()));
  }

  private static String line(Outcome outcome) {
    String domain = outcome.domain() == null ? "-" : Printable.of(outcome.domain().name());
    String vdev = outcome.vdev() == null ? "-" : Printable.of(outcome.vdev());
    return "%s %s %s: %s"
        .formatted(outcome.result().wire(), domain, vdev, Printable.of(outcome.detail()));
  }
}
