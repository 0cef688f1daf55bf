package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ProcFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.agent.lease.CommandGate;
import io.blkwarden.agent.lease.LeaseEnd;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.Outcomes;
import io.blkwarden.agent.lease.Throttler;
import io.blkwarden.agent.queue.DesiredQueue;
import io.blkwarden.agent.queue.QueueTuner;
import io.blkwarden.agent.restraint.CgroupLimits;
import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.agent.state.StateLock;
import io.blkwarden.agent.state.StateRequest;
import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Outcome;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code blkwarden-agent release-all}: ends all leases of this host, by the running agent or, if
 * there is none, from the lease file.
 */
@Command(
    name = "release-all",
    mixinStandardHelpOptions = true,
    description = {
      "Ends all leases of this host and restores priorities, limits and queue settings.",
      "Needs no NATS. Without a running agent, it reads the lease file itself."
    })
final class ReleaseAllCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseAllCommand.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  @Mixin private CommandOutput output = new CommandOutput();
  @Mixin private StateOptions stateOptions = new StateOptions();

  @Override
  public Integer call() {
    return switch (StateLock.attempt(stateOptions.folders(), StateLock.RETRY_FOR)) {
      case StateLock.Attempt.Busy() -> ask();
      case StateLock.Attempt.Failed(String cause) ->
          // root restores what it can read, even if the directory is not writable
          StateOptions.root()
              ? Math.max(release(), queues())
              : output.failed(cause, StateOptions.REMEDY);
      case StateLock.Attempt.Taken(StateLock lock) -> {
        try (lock) {
          yield Math.max(release(), queues());
        }
      }
    };
  }

  private int ask() {
    StateRequest request = StateRequest.releaseAll(stateOptions.stateDir);
    output.requireNone(request.make(), StateOptions.REMEDY);
    long until = System.nanoTime() + TIMEOUT.toNanos();
    while (request.isPending() && System.nanoTime() < until) {
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
    if (request.isPending()) {
      String stuck = request.stuck();
      return stuck.isEmpty()
          ? output.failed(
              "the agent has not finished within %d s; the request stays pending"
                  .formatted(TIMEOUT.toSeconds()),
              "see the agent's log, or stop the agent and run this again")
          : output.failed(
              "not all leases are ended, the agent keeps trying: " + stuck,
              "see the agent's log, and run this again");
    }
    print(true, List.of(), "the running agent has ended all leases");
    return ExitCodes.DONE;
  }

  private int release() {
    LeaseFile file = new LeaseFile(stateOptions.folders());
    FoundLeases found = file.load();
    found.faults().forEach(fault -> LOG.error("leases: {}", fault));
    if (found.equals(FoundLeases.NOTHING)) {
      print(false, List.of(), "no leases: there is no lease file");
      return ExitCodes.DONE;
    }
    return restore(file, found);
  }

  /**
   * Prints the result.
   *
   * @param byAgent whether the agent did it; its own outcomes tell what happened to each lease
   */
  private void print(boolean byAgent, List<Outcome> outcomes, String summary) {
    if (!output.json()) {
      outcomes.forEach(outcome -> output.print(line(outcome) + "\n"));
      output.print(summary + "\n");
      return;
    }
    ObjectNode root = AsciiJson.document("blkwarden.release-all.v1");
    root.put("by", byAgent ? "agent" : "command");
    ArrayNode ended = root.putArray("outcomes");
    for (Outcome outcome : outcomes) {
      ended
          .addObject()
          .put("result", outcome.result().wire())
          .put("domain", outcome.domain() == null ? null : outcome.domain().name())
          .put("vdev", outcome.vdev())
          .put("detail", outcome.detail());
    }
    output.print(AsciiJson.text(root) + "\n");
  }

  private int queues() {
    ReadResult<QueueTuner> made =
        RootedFiles.below(Path.of("/"))
            .flatMap(files ->
                HostQueues.recover(files, stateOptions.folders(), DesiredQueue.NONE, false));
    Optional<String> fault =
        made instanceof ReadResult.Present<QueueTuner>(QueueTuner tuner)
            ? tuner.note()
            : Optional.of(made.describe());
    return fault
        .map(reason -> output.failed("queue settings: " + reason, "run this as root on the dom0"))
        .orElse(ExitCodes.DONE);
  }

  private int restore(LeaseFile file, FoundLeases leases) {
    ReadResult<Throttler> made =
        RootedFiles.below(Path.of("/"))
            .flatMap(files ->
                ProcFiles.bootId(files)
                    .flatMap(boot ->
                        LinuxIoPriorities.open()
                            .map(priorities -> throttler(boot, files, priorities, file))));
    if (!(made instanceof ReadResult.Present<Throttler>(Throttler throttler))) {
      return output.failed(made.describe(), HostSources.DOCTOR); // queue settings are restored
    }
    long now = System.nanoTime() / 1_000_000;
    List<Outcome> found = throttler.recover(leases, 0, now);
    List<Outcome> swept = throttler.sweep();
    List<Outcome> ended = throttler.endAll(LeaseEnd.RELEASED, "release-all on the host", now);
    List<Outcome> outcomes =
        Stream.of(found, swept, ended)
            .flatMap(List::stream)
            .filter(outcome -> outcome.result() != Outcome.Result.ADOPTED)
            .toList();
    boolean all = throttler.table().all().isEmpty();
    print(
        false,
        outcomes,
        all ? "all leases are ended" : throttler.table().all().size() + " leases are not ended");
    if (!all) {
      return output.failed("some priorities could not be restored", "run this again");
    }
    return throttler.unrestored() == 0 && !leases.lost()
        ? ExitCodes.DONE
        : output.failed(
            "the lease file was damaged: at least %d tasks are not restored"
                .formatted(throttler.unrestored()),
            "start the agent, which restores proven workers, and check 'blkwarden-agent map'");
  }

  private static Throttler throttler(
      UUID boot, KernelFiles files, LinuxIoPriorities priorities, LeaseFile file) {
    return new Throttler(
        boot,
        new CommandGate(HostId.FLEET, true, 0),
        _ -> Optional.of("release only"),
        pid -> TaskStat.read(files, pid),
        priorities,
        CgroupLimits.of(files, Path.of("/")),
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
