package io.blkwarden.agent.cli;

import io.blkwarden.agent.app.AgentInbox;
import io.blkwarden.agent.app.AgentPorts;
import io.blkwarden.agent.app.AgentRuntime;
import io.blkwarden.agent.app.AgentSettings;
import io.blkwarden.agent.app.Tracing;
import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.nats.NatsLink;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.sim.HostSpec;
import io.blkwarden.agent.sim.SimulatedHost;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.model.HostId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Real agents on simulated dom0s, all in this process. */
final class SimulatedFleet {
  private static final Logger LOG = LoggerFactory.getLogger(SimulatedFleet.class);

  private final List<SimulatedHost> hosts = new ArrayList<>();
  private final List<AgentRuntime> agents = new ArrayList<>();

  private SimulatedFleet() {}

  /**
   * Starts agents of so many hosts.
   *
   * @param bus settings of a host's way to NATS
   * @param stateDir where each agent keeps its leases, in a directory of its own
   * @return failed with what is missing; what was started is stopped again
   */
  static ReadResult<SimulatedFleet> start(
      int count, Duration interval, Path stateDir, Function<HostId, NatsSettings> bus) {
    SimulatedFleet fleet = new SimulatedFleet();
    SecureRandom random = new SecureRandom();
    for (int n = 0; n < count; n++) {
      HostSpec spec = HostSpec.ofFleet("sim-", n);
      SimulatedHost host = new SimulatedHost(spec, SimulatedFleet::monotonicMillis);
      AgentPorts ports =
          new AgentPorts(
              host,
              host,
              new HostScanner(host, host, host)::scan,
              Tracing.none("names say all in the simulation"),
              host,
              host.groups(),
              new LeaseFile(stateDir.resolve(spec.host().value())),
              Optional.empty(),
              SimulatedFleet::monotonicMillis,
              InstantSource.system(),
              random);
      AgentSettings settings =
          new AgentSettings(
              spec.host(), AgentCommand.version(), interval, false, RolePatterns.DEFAULTS);
      NatsSettings nats = bus.apply(spec.host());
      ReadResult<AgentRuntime> made =
          AgentRuntime.create(
              settings,
              ports,
              new AgentInbox(),
              new Controllers(new NatsLink(nats, random), nats.subjects(), OutcomeJournal.NONE));
      if (!(made instanceof ReadResult.Present<AgentRuntime>(AgentRuntime agent))) {
        fleet.stop();
        return made.map(never -> fleet);
      }
      agent.start(new LeaseFile(stateDir.resolve(spec.host().value())).load());
      LOG.info(
          "SIMULATED {}: guests {}, disk sda with {}",
          host.host(),
          host.guests(),
          spec.scheduler());
      fleet.hosts.add(host);
      fleet.agents.add(agent);
    }
    return ReadResult.present(fleet);
  }

  private static long monotonicMillis() {
    return System.nanoTime() / 1_000_000;
  }

  /** Lets the first guest of a host swap, or stops that. */
  void storm(int hostNumber, boolean on) {
    SimulatedHost host = hosts.get(Math.floorMod(hostNumber, hosts.size()));
    String guest = host.guests().getFirst();
    host.storm(guest, on);
    LOG.info("SIMULATED {}: {} {}", host.host(), guest, on ? "swaps" : "swaps no more");
  }

  /** Their agents. */
  List<AgentRuntime> agents() {
    return List.copyOf(agents);
  }

  /** How many hosts there are. */
  int size() {
    return hosts.size();
  }

  /** Ends all agents in order. */
  void stop() {
    agents.forEach(AgentRuntime::stop);
  }
}
