package io.blkwarden.simulation.cli;

import io.blkwarden.agent.app.AgentInbox;
import io.blkwarden.agent.app.AgentPorts;
import io.blkwarden.agent.app.AgentRuntime;
import io.blkwarden.agent.app.AgentSettings;
import io.blkwarden.agent.app.Tracing;
import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.cli.AgentCommand;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.nats.NatsLink;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.model.HostId;
import io.blkwarden.simulation.host.HostSpec;
import io.blkwarden.simulation.host.SimulatedHost;
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

/** Real agents on simulated dom0s, all in one process. */
final class SimulatedFleet {
  private static final Logger LOG = LoggerFactory.getLogger(SimulatedFleet.class);

  private final List<SimulatedHost> hosts = new ArrayList<>();
  private final List<AgentRuntime> agents = new ArrayList<>();

  private SimulatedFleet() {}

  /**
   * Starts the agents.
   *
   * @param count number of hosts
   * @param bus a host's NATS settings
   * @param stateDir parent of the agents' state directories
   * @return failed with the cause; agents already started are stopped
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
              Tracing.none("not needed in the simulation"),
              host,
              host,
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
          "SIMULATED host={} guests={} disk=sda scheduler={}",
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

  /** Starts or stops swapping in the first guest of a host. */
  void storm(int hostNumber, boolean on) {
    SimulatedHost host = hosts.get(Math.floorMod(hostNumber, hosts.size()));
    String guest = host.guests().getFirst();
    host.storm(guest, on);
    LOG.info("SIMULATED host={} domain={}: swapping {}", host.host(), guest, on ? "on" : "off");
  }

  List<AgentRuntime> agents() {
    return List.copyOf(agents);
  }

  int size() {
    return hosts.size();
  }

  void stop() {
    agents.forEach(AgentRuntime::stop);
  }
}
