package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.files.SysfsQueues;
import io.blkwarden.agent.kernel.BootId;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.agent.lease.CommandGate;
import io.blkwarden.agent.lease.LeaseEnd;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.Outcomes;
import io.blkwarden.agent.lease.Tasks;
import io.blkwarden.agent.lease.Throttler;
import io.blkwarden.agent.queue.DesiredQueue;
import io.blkwarden.agent.queue.QueueTuner;
import io.blkwarden.agent.restraint.CgroupLimits;
import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.agent.state.QueueFile;
import io.blkwarden.agent.state.ReleaseRequest;
import io.blkwarden.agent.state.StateLock;
import io.blkwarden.commandline.AsciiJson;
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
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

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
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseAllCommand.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private StateOptions stateOptions = new StateOptions();

  @Option(
      names = "--json",
      description = "Print what was ended as a JSON object, and errors on stderr as such.")
  private boolean json;

  @Override
  public Integer call() {
    CommandOutput voice = CommandOutput.of(spec.commandLine(), json);
    return switch (StateLock.attempt(stateOptions.folders(), StateLock.LOOK)) {
      case StateLock.Attempt.Busy() -> ask(voice);
      case StateLock.Attempt.Failed(String cause) ->
          // Root restores what it can read, also where nothing can be written.
          StateOptions.root()
              ? Math.max(doIt(voice), queues(voice))
              : voice.failed(cause, StateOptions.REMEDY);
      case StateLock.Attempt.Taken(StateLock lock) -> {
        try (lock) {
          yield Math.max(doIt(voice), queues(voice));
        }
      }
    };
  }

  private int ask(CommandOutput voice) {
    ReleaseRequest request = new ReleaseRequest(stateOptions.stateDir);
    Optional<String> fault = request.make();
    if (fault.isPresent()) {
      return voice.failed(fault.get(), StateOptions.REMEDY);
    }
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (request.stands() && System.nanoTime() < until) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    String stuck = request.stuck();
    if (request.stands() && !stuck.isEmpty()) {
      return voice.failed(
          "not ended yet, the agent keeps trying: " + stuck,
          "look at the agent's log, and run this again to see what is left");
    }
    if (request.stands()) {
      return voice.failed(
          "the agent has not answered within %d s; the request stands, and the next agent to start"
                  .formatted(PATIENCE.toSeconds())
              + " will carry it out",
          "or stop the agent, and run this again");
    }
    print(voice, true, List.of(), "the running agent has ended all its leases");
    return ExitCodes.DONE;
  }

  private int doIt(CommandOutput voice) {
    LeaseFile file = new LeaseFile(stateOptions.folders());
    FoundLeases found = file.load();
    found.faults().forEach(fault -> LOG.error("leases: {}", fault));
    if (found.equals(FoundLeases.NOTHING)) {
      print(voice, false, List.of(), "no leases are held: there is no lease file");
      return ExitCodes.DONE;
    }
    return restore(file, found, voice);
  }

  /**
   * Prints what was ended.
   *
   * @param byAgent whether the agent did it, which says itself what became of which lease
   */
  private void print(
      CommandOutput voice, boolean byAgent, List<Outcome> outcomes, String sentence) {
    PrintWriter out = voice.out();
    if (!json) {
      outcomes.forEach(outcome -> out.println(line(outcome)));
      out.println(sentence);
      out.flush();
      return;
    }
    ObjectNode root = AsciiJson.MAPPER.createObjectNode();
    root.put("schema", "blkwarden.release-all.v1");
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
    out.println(AsciiJson.MAPPER.writeValueAsString(root));
    out.flush();
  }

  private int queues(CommandOutput voice) {
    Path root = Path.of("/");
    ReadResult<QueueTuner> made =
        RootedFiles.below(root)
            .flatMap(files ->
                BootId.read(files)
                    .flatMap(boot -> {
                      QueueFile file = new QueueFile(stateOptions.folders(), boot.id());
                      return file.load()
                          .map(earlier -> {
                            QueueTuner tuner =
                                new QueueTuner(
                                    new SysfsQueues(files, root), file, DesiredQueue.NONE);
                            tuner.recover(earlier);
                            return tuner;
                          });
                    }));
    Optional<String> fault =
        made instanceof ReadResult.Present<QueueTuner>(QueueTuner tuner)
            ? tuner.note()
            : Optional.of(made.describe());
    return fault
        .map(why -> voice.failed("queues: " + why, "run it as root on the dom0 itself"))
        .orElse(ExitCodes.DONE);
  }

  private int restore(LeaseFile file, FoundLeases leases, CommandOutput voice) {
    ReadResult<Throttler> made =
        RootedFiles.below(Path.of("/"))
            .flatMap(files ->
                BootId.read(files)
                    .flatMap(boot ->
                        LinuxIoPriorities.open()
                            .map(priorities -> throttler(boot.id(), files, priorities, file))));
    if (!(made instanceof ReadResult.Present<Throttler>(Throttler throttler))) {
      return voice.failed(made.describe(), "'blkwarden-agent doctor' tells what is missing");
    }
    long now = System.nanoTime() / 1_000_000;
    List<Outcome> found = throttler.recover(leases, 0, now);
    List<Outcome> swept = throttler.sweep();
    List<Outcome> ended = throttler.endAll(LeaseEnd.RELEASED, "release-all on the host", now);
    List<Outcome> told =
        Stream.of(found, swept, ended)
            .flatMap(List::stream)
            .filter(outcome -> outcome.result() != Outcome.Result.ADOPTED)
            .toList();
    boolean all = throttler.table().all().isEmpty();
    print(
        voice,
        false,
        told,
        all ? "no leases are held any more" : throttler.table().all().size() + " leases are held");
    if (!all) {
      return voice.failed("some priorities could not be restored", "run this again");
    }
    return throttler.unrestored() == 0 && !leases.lost()
        ? ExitCodes.DONE
        : voice.failed(
            "records of leases were damaged: %d tasks are known to be left, and more may be"
                .formatted(throttler.unrestored()),
            "start the agent, which restores proven workers, and see 'blkwarden-agent map'");
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
