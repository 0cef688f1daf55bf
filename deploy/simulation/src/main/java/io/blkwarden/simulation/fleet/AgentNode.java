package io.blkwarden.simulation.fleet;

import io.blkwarden.agent.app.AgentCore;
import io.blkwarden.agent.app.AgentInbox;
import io.blkwarden.agent.app.AgentInput;
import io.blkwarden.agent.app.AgentPorts;
import io.blkwarden.agent.app.AgentSettings;
import io.blkwarden.agent.app.Tracing;
import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.kernel.ProcFiles;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.simulation.host.SimulatedHost;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A simulated dom0 and its real agent, which may die and restart. */
final class AgentNode {
  /** The agent's process was killed. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private final Environment env;
  final SimulatedHost host;
  final HostLink link;
  private @Nullable AgentCore agent;
  private Optional<StoredLeases> stored = Optional.empty();
  private long wallOffsetMillis;
  private boolean stale;
  private int changesToDeath = -1;

  AgentNode(Environment env, SimulatedHost host, HostLink link) {
    this.env = env;
    this.host = host;
    this.link = link;
    host.onChange(this::changing);
  }

  HostId id() {
    return host.host();
  }

  /** Starts the agent if it does not run. */
  void start() {
    if (agent != null) {
      return;
    }
    IoPriorities priorities = env.faults.priorities.apply(host);
    AgentPorts ports =
        new AgentPorts(
            host,
            host,
            new HostScanner(host, host, priorities)::scan,
            Tracing.none("names identify all workers in the simulation"),
            priorities,
            env.faults.groups.apply(host),
            leases -> {
              stored = Optional.of(leases);
              return Optional.empty();
            },
            Optional.empty(),
            env::now,
            () -> env.wall().plusMillis(wallOffsetMillis),
            new SplittableRandom(env.random.nextLong()),
            Optional.empty());
    AgentSettings settings =
        new AgentSettings(id(), "simulated", Duration.ofSeconds(1), false, RolePatterns.DEFAULTS);
    env.log(id() + " agent starts");
    UUID boot = ProcFiles.bootId(host).toOptional().orElseThrow();
    agent = new AgentCore(settings, ports, link, new AgentInbox(), boot);
    run(each -> each.start(stored.map(FoundLeases::of).orElse(FoundLeases.NOTHING)));
  }

  /** Kills the agent's process, and restarts it soon. */
  void kill() {
    if (agent != null) {
      env.log(id() + " agent dies");
      agent = null;
      changesToDeath = -1;
      link.clear();
      env.oracle.died(id());
      env.after(env.random.nextLong(500, 5_000), this::start);
    }
  }

  /** Kills the agent right before it changes a task for the nth time from now. */
  void killAtChange(int nth) {
    changesToDeath = nth;
  }

  void stepWallClock(long millis) {
    wallOffsetMillis += millis;
  }

  void tick() {
    if (link.up() || env.faults.ticksOffline) {
      run(each -> {
        each.endDueLeases();
        each.on(new AgentInput.Tick());
      });
    }
  }

  /** Signals a change of domains. */
  void changed() {
    run(each -> each.on(new AgentInput.Changed()));
  }

  void reconnected() {
    run(each -> each.on(new AgentInput.Connected()));
  }

  /** Delivers a command; there is no reply while the agent does not run. */
  void command(Command sent, Consumer<Outcome> reply) {
    if (agent != null) {
      stale = env.oracle.arrived(sent);
      IncomingCommand incoming =
          new IncomingCommand(
              new Decoded.Ok<>(env.faults.command.apply(sent)), env.now(), false, reply);
      run(each -> each.on(new AgentInput.CommandReceived(incoming)));
      stale = false;
    }
  }

  /** Checks the host's tasks, unless its agent is dead: then nothing can be restored. */
  void check() {
    if (agent != null) {
      env.oracle.check(host, link.up());
    }
  }

  private void run(Consumer<AgentCore> input) {
    AgentCore running = agent;
    if (running == null) {
      return;
    }
    try {
      input.accept(running);
    } catch (Killed _) {
      kill();
      return;
    }
    check();
  }

  private void changing(int pid, String to, boolean restrains) {
    if (changesToDeath >= 0 && changesToDeath-- == 0) {
      throw new Killed();
    }
    env.log(id() + " sets " + pid + " to " + to);
    if (restrains) {
      env.oracle.restrains(host, pid, stale);
    }
  }
}
