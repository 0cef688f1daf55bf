package io.blkwarden.agent.cli;

import io.blkwarden.agent.app.AgentSettings;
import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.metrics.MetricsServer;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.agent.queue.DesiredQueue;
import io.blkwarden.agent.state.StateFolders;
import io.blkwarden.agent.state.StateLock;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.log.LogFormat;
import io.blkwarden.commandline.service.FatalErrors;
import io.blkwarden.commandline.service.Supervisor;
import io.blkwarden.model.HostId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code blkwarden-agent run}: the service. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs the agent until it is stopped; then it ends all its leases.")
final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HostOptions hostOptions = new HostOptions();
  @Mixin private BusOptions busOptions = new BusOptions();
  @Mixin private StateOptions stateOptions = new StateOptions();
  @Mixin private RoleOptions roleOptions = new RoleOptions();
  @Mixin LogFormat logFormat = new LogFormat();
  @Mixin private MetricsOptions metricsOptions = new MetricsOptions();

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "Time between two samples, 100ms to 1m (default: ${DEFAULT-VALUE}).")
  private String interval = "";

  @Option(
      names = "--read-only",
      description = "Refuse to set priorities: only watch. Always so with a --root other than /.")
  private boolean readOnly;

  @Option(
      names = "--ensure-scheduler",
      paramLabel = "NAME",
      description = {
        "Switch physical devices below proven guest disks from none or kyber, which ignore"
            + " priorities, to this scheduler, such as mq-deadline; put back on stop (default:"
            + " leave them)."
      })
  private Optional<String> ensureScheduler = Optional.empty();

  @Option(
      names = "--prio-aging-expire",
      paramLabel = "TIME",
      description = {
        "Set how long mq-deadline lets the idle class wait on these devices, 100ms to 60m; put"
            + " back on stop (default: leave it)."
      })
  private Optional<String> agingExpire = Optional.empty();

  @Override
  public Integer call() {
    CommandOutput voice = CommandOutput.of(spec.commandLine(), false);
    List<String> problems = new ArrayList<>();
    ReadResult<RootedFiles> files = hostOptions.files();
    Optional<AgentSettings> settings = Optional.empty();
    Optional<NatsSettings> bus = Optional.empty();
    DesiredQueue queues = queues(problems);
    RolePatterns roles = roleOptions.patterns(problems);
    Optional<InetSocketAddress> metrics = metricsOptions.address(problems);
    if (files instanceof ReadResult.Present<RootedFiles>(RootedFiles found)) {
      Optional<HostId> host = hostOptions.host(found, problems);
      settings = settings(host.orElse(HostId.FLEET), roles, problems);
      bus = busOptions.settings(host.orElse(HostId.FLEET), problems);
    } else {
      problems.add("--root: " + files.describe());
    }
    if (!problems.isEmpty()) {
      return voice.unusable(problems);
    }
    StateFolders folders =
        hostOptions.live() ? stateOptions.folders() : StateFolders.beside(stateOptions.stateDir);
    return switch (StateLock.attempt(folders, StateLock.LOOK)) {
      case StateLock.Attempt.Busy() ->
          voice.complain(
              ExitCodes.REFUSED,
              "an agent runs already with --state-dir " + stateOptions.stateDir,
              "stop it first, or give another --state-dir");
      case StateLock.Attempt.Failed(String cause) -> {
        if (!StateOptions.root()) {
          yield voice.failed(cause, StateOptions.REMEDY);
        }
        // What an earlier run changed is restored in any case; new leases are refused.
        LOG.error("{}; no other agent must run. {}", cause, StateOptions.REMEDY);
        yield run(
            settings.orElseThrow(), bus.orElseThrow(), queues, metrics, folders, () -> {}, voice);
      }
      case StateLock.Attempt.Taken(StateLock lock) ->
          run(
              settings.orElseThrow(),
              bus.orElseThrow(),
              queues,
              metrics,
              folders,
              lock::close,
              voice);
    };
  }

  private Optional<AgentSettings> settings(HostId host, RolePatterns roles, List<String> problems) {
    Optional<Duration> every = DurationText.parse("--interval", interval, problems);
    try {
      return every.map(time ->
          new AgentSettings(
              host, AgentCommand.version(), time, readOnly || !hostOptions.live(), roles));
    } catch (IllegalArgumentException e) {
      problems.add("--interval: " + e.getMessage());
      return Optional.empty();
    }
  }

  private DesiredQueue queues(List<String> problems) {
    Optional<Duration> aging =
        agingExpire.flatMap(text -> DurationText.parse("--prio-aging-expire", text, problems));
    try {
      aging = new DesiredQueue(Optional.empty(), aging).aging();
    } catch (IllegalArgumentException e) {
      problems.add("--prio-aging-expire: " + e.getMessage());
      aging = Optional.empty();
    }
    try {
      return readOnly ? DesiredQueue.NONE : new DesiredQueue(ensureScheduler, aging);
    } catch (IllegalArgumentException e) {
      problems.add("--ensure-scheduler: " + e.getMessage());
      return DesiredQueue.NONE;
    }
  }

  private int run(
      AgentSettings settings,
      NatsSettings bus,
      DesiredQueue queues,
      Optional<InetSocketAddress> metrics,
      StateFolders folders,
      Runnable unlock,
      CommandOutput voice) {
    AgentLog.waitForNobody(); // leases end, whoever reads the log
    ReadResult<AgentProcess> made =
        AgentProcess.start(settings, bus, queues, hostOptions.root, hostOptions.live(), folders);
    if (!(made instanceof ReadResult.Present<AgentProcess>(AgentProcess agent))) {
      unlock.run();
      AgentLog.end();
      return voice.failed(made.describe(), "'blkwarden-agent doctor' tells what is missing");
    }
    if (metrics.isPresent()
        && metricsOptions.serve(metrics.get(), List.of(agent.runtime()))
            instanceof ReadResult.Failed<MetricsServer>(String why)) {
      LOG.error("{}; the agent goes on without", why); // numbers are worth less than its work
    }
    FatalErrors.endTheProcess();
    Supervisor supervisor = Supervisor.of(System.getenv(), ProcessHandle.current().pid());
    ServiceNotices.begin(agent.runtime(), supervisor);
    Throwable failure = endedBy(agent, unlock, supervisor);
    return voice.failed("the agent cannot go on: " + failure, "see its log, and start it again");
  }

  /** Waits until the agent breaks; a signal ends the process in the meantime. */
  private static Throwable endedBy(AgentProcess agent, Runnable unlock, Supervisor supervisor) {
    AtomicInteger code = new AtomicInteger(ExitCodes.DONE);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  supervisor.stopping().ifPresent(why -> LOG.warn("service manager: {}", why));
                  agent.stop();
                  unlock.run();
                  AgentLog.end();
                  // An orderly stop is no failure, which the JVM's own 143 would say.
                  Runtime.getRuntime().halt(code.get());
                },
                "stop"));
    Throwable failure = Objects.requireNonNull(agent.broken().block());
    code.set(ExitCodes.FAILED);
    return failure;
  }
}
