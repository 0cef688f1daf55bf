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
    description = "Runs the agent. On stop, it ends all leases and restores priorities and limits.")
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
      description = "Sampling interval, 100ms to 1m (default: ${DEFAULT-VALUE}).")
  private String interval = "";

  @Option(
      names = "--read-only",
      description = "Only observe: refuse to throttle. Implied by a --root other than /.")
  private boolean readOnly;

  @Option(
      names = "--ensure-scheduler",
      paramLabel = "NAME",
      description = {
        "Switch physical devices of proven guest disks from none or kyber, which ignore"
            + " priorities, to this scheduler, such as mq-deadline. Restored on stop (default: no"
            + " change)."
      })
  private Optional<String> ensureScheduler = Optional.empty();

  @Option(
      names = "--prio-aging-expire",
      paramLabel = "TIME",
      description = {
        "Set prio_aging_expire of mq-deadline on these devices: how long idle requests wait at"
            + " most, 100ms to 60m. Restored on stop (default: no change)."
      })
  private Optional<String> agingExpire = Optional.empty();

  @Override
  public Integer call() {
    CommandOutput output = new CommandOutput(spec.commandLine(), false);
    List<String> problems = new ArrayList<>();
    DesiredQueue queues = queues(problems);
    RolePatterns roles = roleOptions.patterns(problems);
    Optional<InetSocketAddress> metrics = metricsOptions.address(problems);
    Optional<RootedFiles> files = hostOptions.files(problems);
    // with an invalid host name, the other options are checked, too
    HostId host = files.flatMap(found -> hostOptions.host(found, problems)).orElse(HostId.FLEET);
    Optional<AgentSettings> settings = settings(host, roles, problems);
    Optional<NatsSettings> nats = busOptions.settings(host, problems);
    output.requireValid(problems);
    boolean live = hostOptions.live();
    StateFolders folders =
        live ? stateOptions.folders() : StateFolders.beside(stateOptions.stateDir);
    Runnable unlock = lock(folders, output);
    AgentLog.makeAsynchronous(); // leases must expire even if nothing reads stderr
    ReadResult<AgentProcess> started =
        AgentProcess.start(
            settings.orElseThrow(),
            nats.orElseThrow(),
            queues,
            files.orElseThrow(),
            hostOptions.root,
            live,
            folders);
    if (!(started instanceof ReadResult.Present<AgentProcess>(AgentProcess agent))) {
      unlock.run();
      AgentLog.end();
      return output.failed(started.describe(), HostSources.DOCTOR);
    }
    if (metrics.isPresent()
        && metricsOptions.serve(metrics.get(), List.of(agent.runtime()))
            instanceof ReadResult.Failed<MetricsServer>(String fault)) {
      LOG.error("running without metrics: {}", fault);
    }
    FatalErrors.endTheProcess();
    Supervisor supervisor = Supervisor.of(System.getenv(), ProcessHandle.current().pid());
    ServiceNotices.start(agent.runtime(), supervisor);
    Throwable failure = awaitFailure(agent, unlock, supervisor);
    return output.failed("the agent failed: " + failure, "see its log, and restart it");
  }

  private Optional<AgentSettings> settings(HostId host, RolePatterns roles, List<String> problems) {
    return DurationText.within("100ms", "1m", "--interval", interval, problems)
        .map(time ->
            new AgentSettings(
                host, AgentCommand.version(), time, readOnly || !hostOptions.live(), roles));
  }

  private DesiredQueue queues(List<String> problems) {
    Optional<Duration> aging =
        agingExpire.flatMap(
            text -> DurationText.within("100ms", "60m", "--prio-aging-expire", text, problems));
    return HostOptions.valid(
            "--ensure-scheduler", problems, () -> new DesiredQueue(ensureScheduler, aging))
        .filter(_ -> !readOnly)
        .orElse(DesiredQueue.NONE);
  }

  /** Takes the lock of the state directories; returns what releases it. */
  private Runnable lock(StateFolders folders, CommandOutput output) {
    return switch (StateLock.attempt(folders, StateLock.RETRY_FOR)) {
      case StateLock.Attempt.Taken(StateLock lock) -> lock::close;
      case StateLock.Attempt.Busy() ->
          throw output.exit(
              ExitCodes.REFUSED,
              "an agent is already running with --state-dir " + stateOptions.stateDir,
              "stop it first, or set another --state-dir");
      case StateLock.Attempt.Failed(String cause) -> {
        if (!StateOptions.root()) {
          throw output.exit(ExitCodes.FAILED, cause, StateOptions.REMEDY);
        }
        // priorities of an earlier run are restored in any case; new leases are refused
        LOG.error(
            "new leases are refused, and a second agent is not detected: {}: {}",
            cause,
            StateOptions.REMEDY);
        yield () -> {};
      }
    };
  }

  /** Waits until the agent fails; a signal ends the process earlier. */
  private static Throwable awaitFailure(
      AgentProcess agent, Runnable unlock, Supervisor supervisor) {
    AtomicInteger code = new AtomicInteger(ExitCodes.DONE);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  supervisor
                      .stopping()
                      .ifPresent(fault -> LOG.warn("cannot notify the service manager: {}", fault));
                  agent.stop();
                  unlock.run();
                  AgentLog.end();
                  // a stop by a signal is a success; the JVM would exit with 143
                  Runtime.getRuntime().halt(code.get());
                },
                "stop"));
    Throwable failure = Objects.requireNonNull(agent.runtime().broken().block());
    code.set(ExitCodes.FAILED);
    return failure;
  }
}
