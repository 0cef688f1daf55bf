package io.blkwarden.simulation.cli;

import io.blkwarden.agent.app.AgentInbox;
import io.blkwarden.agent.app.AgentPorts;
import io.blkwarden.agent.app.AgentRuntime;
import io.blkwarden.agent.app.AgentSettings;
import io.blkwarden.agent.app.Tracing;
import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.cli.AgentCommand;
import io.blkwarden.agent.cli.AgentLog;
import io.blkwarden.agent.cli.BusOptions;
import io.blkwarden.agent.cli.MetricsOptions;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.metrics.MetricsServer;
import io.blkwarden.agent.nats.NatsLink;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.log.LogFormat;
import io.blkwarden.model.HostId;
import io.blkwarden.simulation.host.HostSpec;
import io.blkwarden.simulation.host.SimulatedHost;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code deploy/simulate}: real agents on simulated hosts. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "SIMULATION: runs real agents on simulated dom0s until it is stopped.",
      "Guests swap in turn and saturate their disks. A priority has the effect that the scheduler"
          + " of the simulated disk gives it: on every third host, none."
    })
public final class SimulateCommand implements Callable<Integer> {
  private static final int MOST_HOSTS = 100;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private BusOptions busOptions = new BusOptions();
  @Mixin LogFormat logFormat = new LogFormat();
  @Mixin private MetricsOptions metricsOptions = new MetricsOptions();

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "Directory for the agents' leases (default: a new one, removed at the end).")
  private @Nullable Path stateDir;

  @Option(
      names = "--hosts",
      paramLabel = "N",
      defaultValue = "3",
      description = "Number of dom0s, 1 to 100 (default: ${DEFAULT-VALUE}).")
  private int hosts;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "1s",
      converter = DurationText.class,
      description = "Time between two samples (default: ${DEFAULT-VALUE}).")
  private Duration interval = Duration.ZERO;

  @Option(
      names = "--calm",
      paramLabel = "TIME",
      defaultValue = "6s",
      converter = DurationText.class,
      description = "Time without load before each storm (default: ${DEFAULT-VALUE}).")
  private Duration calm = Duration.ZERO;

  @Option(
      names = "--storm",
      paramLabel = "TIME",
      defaultValue = "24s",
      converter = DurationText.class,
      description = "Time for which a guest swaps (default: ${DEFAULT-VALUE}).")
  private Duration storm = Duration.ZERO;

  /** Runs the command line and exits with its code. */
  public static void main(String[] args) {
    AgentLog.begin(LogFormat.of(args, System.getenv()));
    System.exit(new CommandLine(new SimulateCommand()).execute(args));
  }

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    List<String> problems = new ArrayList<>();
    if (hosts < 1 || hosts > MOST_HOSTS) {
      problems.add("--hosts: expected 1 to %d, found %d".formatted(MOST_HOSTS, hosts));
    }
    Optional<NatsSettings> bus = busOptions.settings(new HostId("simulation"), problems);
    Optional<InetSocketAddress> metrics = metricsOptions.address(problems);
    if (!problems.isEmpty() || bus.isEmpty()) {
      throw new ParameterException(spec.commandLine(), String.join("\n", problems));
    }
    try (SimulatedFleet fleet = new SimulatedFleet(interval, stateDir)) {
      Runtime.getRuntime().addShutdownHook(new Thread(fleet::close, "stop"));
      for (int n = 0; n < hosts; n++) {
        fleet.add(host -> busOptions.settings(host, new ArrayList<>()).orElseThrow());
      }
      Optional<MetricsServer> server =
          metrics.map(address -> required(metricsOptions.serve(address, fleet.agents())));
      err.println("SIMULATION: " + hosts + " simulated dom0s; stop with Ctrl-C");
      try {
        Flux.range(0, Integer.MAX_VALUE).concatMap(round -> round(fleet, round)).blockLast();
      } finally {
        server.ifPresent(MetricsServer::close);
      }
      return ExitCodes.DONE;
    } catch (IOException | RuntimeException e) {
      if (Exceptions.unwrap(e) instanceof InterruptedException) {
        return ExitCodes.DONE; // a test that runs this on a thread interrupts it
      }
      err.println("error: " + e.getMessage());
      return ExitCodes.FAILED;
    }
  }

  /** A time without load, then a storm. */
  private Mono<?> round(SimulatedFleet fleet, int round) {
    return Mono.delay(calm)
        .doOnNext(_ -> fleet.storm(round, true))
        .then(Mono.delay(storm))
        .doOnNext(_ -> fleet.storm(round, false));
  }

  /** The value; otherwise throws with the reason. */
  static <T> T required(ReadResult<T> result) {
    return result.toOptional().orElseThrow(() -> new IllegalStateException(result.describe()));
  }

  /** Real agents on simulated dom0s, all in one process. */
  private static final class SimulatedFleet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SimulateCommand.class);

    private final List<SimulatedHost> hosts = new ArrayList<>();
    private final List<AgentRuntime> agents = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();
    private final Duration interval;
    private final Path stateDir;
    private final boolean temporary;

    /**
     * A fleet without hosts.
     *
     * @param interval time between two samples
     * @param given parent of the agents' state directories; null for a new private one, which is
     *     removed at the end
     */
    SimulatedFleet(Duration interval, @Nullable Path given) throws IOException {
      this.interval = interval;
      temporary = given == null;
      stateDir = given == null ? Files.createTempDirectory("blkwarden-simulate") : given;
    }

    /** Starts another host and its agent. */
    synchronized void add(Function<HostId, NatsSettings> nats) {
      HostSpec spec = HostSpec.ofFleet("sim-", hosts.size());
      SimulatedHost host = new SimulatedHost(spec, SimulatedFleet::monotonicMillis);
      NatsSettings settings = nats.apply(spec.host());
      LeaseFile leases = new LeaseFile(stateDir.resolve(spec.host().value()));
      AgentPorts ports =
          new AgentPorts(
              host,
              host,
              new HostScanner(host, host, host)::scan,
              Tracing.none("not needed in the simulation"),
              host,
              host,
              leases,
              Optional.empty(),
              SimulatedFleet::monotonicMillis,
              InstantSource.system(),
              random,
              Optional.empty());
      AgentRuntime agent =
          SimulateCommand.required(
              AgentRuntime.create(
                  new AgentSettings(
                      spec.host(), AgentCommand.version(), interval, false, RolePatterns.DEFAULTS),
                  ports,
                  new AgentInbox(),
                  new Controllers(
                      new NatsLink(settings, random), settings.subjects(), OutcomeJournal.NONE)));
      agent.start(leases.load());
      LOG.info(
          "SIMULATED host={} guests={} disk=sda scheduler={}",
          host.host(),
          host.guests(),
          spec.scheduler());
      hosts.add(host);
      agents.add(agent);
    }

    private static long monotonicMillis() {
      return System.nanoTime() / 1_000_000;
    }

    /**
     * Starts or stops the storm of a round: one guest swaps on each of two adjacent hosts, so that
     * one of them has a scheduler that honours priorities.
     */
    void storm(int round, boolean on) {
      for (int n = round; n < round + Math.min(2, hosts.size()); n++) {
        SimulatedHost host = hosts.get(n % hosts.size());
        List<String> guests = host.guests();
        String guest = guests.get(n / hosts.size() % guests.size());
        host.storm(guest, on);
        LOG.info("SIMULATED host={} domain={}: swapping {}", host.host(), guest, on ? "on" : "off");
      }
    }

    List<AgentRuntime> agents() {
      return List.copyOf(agents);
    }

    /** Stops the agents, which ends their leases. A second caller waits for the first. */
    @Override
    public synchronized void close() {
      agents.forEach(AgentRuntime::stop);
      if (temporary && Files.exists(stateDir)) {
        try (Stream<Path> tree = Files.walk(stateDir)) {
          for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(each);
          }
        } catch (IOException e) {
          LOG.warn("{}: cannot be removed: {}", stateDir, e.toString());
        }
      }
    }
  }
}
