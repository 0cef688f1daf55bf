package io.blkwarden.simulation.fleet;

import io.blkwarden.agent.app.AgentPorts;
import io.blkwarden.agent.app.AgentSettings;
import io.blkwarden.agent.app.SteppedAgent;
import io.blkwarden.agent.app.Tracing;
import io.blkwarden.agent.bus.BusState;
import io.blkwarden.agent.bus.ControlBus;
import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.simulation.host.SimulatedHost;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A simulated dom0 and the real agent on it, which may die and start again. */
final class AgentNode implements ControlBus, IoPriorities {
  /** The process ended at once. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private final World world;
  private final SimulatedHost host;
  private final HostLink link;
  private final IoPriorities seen;
  private @Nullable SteppedAgent agent;
  private Optional<StoredLeases> stored = Optional.empty();
  private long wallOffsetMillis;
  private boolean stale;
  private int setsToDeath = -1;

  AgentNode(World world, SimulatedHost host, HostLink link) {
    this.world = world;
    this.host = host;
    this.link = link;
    this.seen = world.parts.priorities(this);
  }

  HostId id() {
    return host.host();
  }

  SimulatedHost host() {
    return host;
  }

  HostLink link() {
    return link;
  }

  /** Starts the agent if it does not run. */
  void boot() {
    if (agent != null) {
      return;
    }
    AgentPorts ports =
        new AgentPorts(
            host,
            host,
            new HostScanner(host, host, seen)::scan,
            Tracing.none("names say all in the simulation"),
            seen,
            world.parts.groups(new Groups(host.groups())),
            leases -> {
              stored = Optional.of(leases);
              return Optional.empty();
            },
            Optional.empty(),
            world::now,
            () -> world.wall().plusMillis(wallOffsetMillis),
            new SplittableRandom(world.random.nextLong()));
    AgentSettings settings =
        new AgentSettings(id(), "simulated", Duration.ofSeconds(1), false, RolePatterns.DEFAULTS);
    if (!(SteppedAgent.create(settings, ports, this)
        instanceof ReadResult.Present<SteppedAgent>(SteppedAgent made))) {
      throw new IllegalStateException("a simulated host has a boot id");
    }
    world.say(id() + " agent starts");
    agent = made;
    run(each ->
        each.start(world.parts.found(stored).map(FoundLeases::of).orElse(FoundLeases.NOTHING)));
  }

  /** Ends the agent's process at once. */
  void kill() {
    if (agent != null) {
      world.say(id() + " agent dies");
      agent = null;
      setsToDeath = -1;
      link.forget();
      world.oracle.died(id());
      world.after(world.random.nextLong(500, 5_000), this::boot);
    }
  }

  /** Lets the agent die right before it restrains or frees a task for the nth time from now. */
  void killAtSet(int nth) {
    setsToDeath = nth;
  }

  void stepWallClock(long millis) {
    wallOffsetMillis += millis;
  }

  void tick() {
    if (world.parts.ticks(link.up())) {
      run(SteppedAgent::tick);
    }
  }

  void changed() {
    run(SteppedAgent::changed);
  }

  /** The link is there again. */
  void reconnected() {
    run(SteppedAgent::busUp);
  }

  /** Hands a command over; nobody answers when the agent does not run. */
  void command(Command sent, Consumer<Outcome> reply) {
    if (agent != null) {
      stale = world.oracle.arrived(sent);
      IncomingCommand incoming =
          new IncomingCommand(new Decoded.Ok<>(world.parts.command(sent)), world.now(), reply);
      run(each -> each.command(incoming));
      stale = false;
    }
  }

  /** Lets the oracle look at the host, unless its agent is dead: then nobody can restore. */
  void look() {
    if (agent != null) {
      world.oracle.look(host, link.up());
    }
  }

  private void run(Consumer<SteppedAgent> input) {
    SteppedAgent running = agent;
    if (running == null) {
      return;
    }
    try {
      input.accept(running);
    } catch (Killed _) {
      kill();
      return;
    }
    look();
  }

  /** The host's groups, watched by the oracle; the agent may die right before it moves a task. */
  private final class Groups extends ForwardingGroups {
    Groups(LimitGroups kernel) {
      super(kernel);
    }

    @Override
    public Optional<String> move(int pid, String group) {
      maybeDie();
      world.say(id() + " moves " + pid + " to " + group);
      world.oracle.moves(host, pid, group, stale);
      return super.move(pid, group);
    }
  }

  private void maybeDie() {
    if (setsToDeath >= 0 && setsToDeath-- == 0) {
      throw new Killed();
    }
  }

  @Override
  public ReadResult<IoPriority> get(int pid) {
    return host.get(pid);
  }

  @Override
  public Optional<String> set(int pid, IoPriority priority) {
    maybeDie();
    world.say(id() + " sets " + pid + " to " + priority);
    world.oracle.sets(host, pid, priority, stale);
    return host.set(pid, priority);
  }

  @Override
  public Optional<String> restore(int pid, IoPriority recorded) {
    return set(pid, recorded);
  }

  @Override
  public void sample(byte[] batch) {
    link.sample(batch);
  }

  @Override
  public void heartbeat(Heartbeat heartbeat) {
    link.heartbeat(heartbeat);
  }

  @Override
  public void mapping(MappingEvent event) {
    link.mapping(event);
  }

  @Override
  public void outcome(Outcome outcome) {
    world.oracle.told(outcome);
    link.outcome(outcome);
  }

  @Override
  public BusState state() {
    return new BusState(link.up(), Map.of(), Map.of());
  }
}
