package io.blkwarden.simulation.cli;

import io.blkwarden.agent.app.AgentInbox;
import io.blkwarden.agent.app.AgentPorts;
import io.blkwarden.agent.app.AgentRuntime;
import io.blkwarden.agent.app.AgentSettings;
import io.blkwarden.agent.app.Tracing;
import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.cli.AgentCommand;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.nats.NatsLink;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.model.HostId;
import io.blkwarden.simulation.host.HostSpec;
import io.blkwarden.simulation.host.SimulatedHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Real agents on simulated dom0s, all in one process. */
final class SimulatedFleet implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SimulatedFleet.class);

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
