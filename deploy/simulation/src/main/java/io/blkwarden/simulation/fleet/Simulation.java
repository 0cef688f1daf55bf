package io.blkwarden.simulation.fleet;

import static java.util.Objects.requireNonNull;

import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.simulation.host.HostSpec;
import io.blkwarden.simulation.host.ServiceOrder;
import io.blkwarden.simulation.host.SimulatedHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One run: a fleet, controllers, and everything that goes wrong with them. */
final class Simulation {
  private static final long STEP_MILLIS = 10_000;
  private static final long AGENT_TICK_MILLIS = 200;
  private static final double LEG_LOST = 0.01;

  private static final String POLICY =
      """
      policies:
        - name: swap-storm
          mode: auto
          match: { role: swap, host: "sim-*" }
          when: { metric: iops, above: 40, for: 5s, clear_below: 20, clear_for: 20s }
          then: { ladder: [ idle ], lease: 60s, alert: warning }
        - name: limited-storm
          mode: auto
          match: { role: swap, host: "lim-*" }
          when: { metric: iops, above: 40, for: 5s, clear_below: 20, clear_for: 20s }
          then: { ladder: [ idle, limit 15/s ], lease: 60s, alert: warning }
      brakes: { disks_per_host: %d, disks_per_domain: 1, hosts_throttled: 100%%,
                stop_if_hosts_anomalous: 100%% }
      """
          .formatted(Oracle.DISKS_PER_HOST);

  private final Plan plan;
  private final World world;
  private final Storms storms;
  private final PolicySet policies;
  private final Map<HostId, AgentNode> agents = new LinkedHashMap<>();
  private final Map<HostId, Boolean> heeds = new HashMap<>();
  private final List<ControllerNode> controllers = new ArrayList<>();
  private long epoch;

  Simulation(Plan plan, Parts parts) {
    this(plan, parts, line -> {});
  }

  /** A simulation that tells a reader all that happens, line by line. */
  Simulation(Plan plan, Parts parts, Consumer<String> reader) {
    this.plan = plan;
    this.world = new World(plan.seed(), parts, reader);
    this.storms = new Storms(world);
    PolicyLoad load = PolicyReader.read(List.of(new PolicyFile("sim", POLICY)), PolicyLoad.NONE);
    if (!load.problems().isEmpty()) {
      throw new IllegalStateException(load.problems().toString());
    }
    this.policies = load.policies();
  }

  /** Runs it to its end. */
  Figures run() {
    return run(broken -> false);
  }

  /** Runs it until its end, or until what is broken is enough. */
  Figures run(Predicate<List<Broken>> enough) {
    for (int n = 0; n < plan.hosts(); n++) {
      HostSpec spec = spec(n);
      SimulatedHost host = new SimulatedHost(spec, world::now);
      heeds.put(spec.host(), !spec.scheduler().equals("none"));
      boolean listens = spec.order().heeds();
      AgentNode agent =
          new AgentNode(world, host, new HostLink(world, spec.host(), this::toControllers));
      agents.put(spec.host(), agent);
      agent.boot();
      world.every(AGENT_TICK_MILLIS, agent::tick);
      world.every(
          1_000,
          () -> {
            storms.look(agent, listens);
            agent.look();
            if (agent.link().up()) {
              world.oracle.lookForLost(agent.id(), agent.link().upSinceMillis());
            }
          });
    }
    newController();
    world.every(1_000, () -> List.copyOf(controllers).forEach(ControllerNode::tick));
    world.every(10_000L / Math.min(plan.hosts(), 50), this::something);
    for (long left = plan.millis();
        left > 0 && !enough.test(world.oracle.broken());
        left -= STEP_MILLIS) {
      world.time.advanceTimeBy(Duration.ofMillis(Math.min(left, STEP_MILLIS)));
    }
    return new Figures(
        plan,
        world.trail.events(),
        world.trail.hash(),
        world.oracle.broken(),
        storms.throttles(),
        storms.wrong(),
        storms.reliefMillis(),
        world.trail.end());
  }

  /**
   * Of six hosts two have mq-deadline, two none, one bfq, and one bfq with merged queues; the last
   * four of them ({@code lim-}) may limit disks.
   */
  private static HostSpec spec(int n) {
    HostSpec usual = HostSpec.ofFleet(n % 6 < 2 ? "sim-" : "lim-", n);
    ServiceOrder order =
        switch (n % 6) {
          case 3 -> ServiceOrder.BFQ;
          case 5 -> ServiceOrder.BFQ_MERGED;
          default -> usual.order();
        };
    return new HostSpec(
        usual.host(), usual.firstGuest(), usual.guests(), order, usual.iosPerSecond());
  }

  private void toControllers(Input input) {
    List.copyOf(controllers).forEach(each -> each.take(input));
  }

  private void newController() {
    epoch++;
    controllers.add(new ControllerNode(world, epoch, policies, this::request, heeds));
  }

  /** Lets the next thing happen that happens in fleets. */
  private void something() {
    List<AgentNode> all = List.copyOf(agents.values());
    AgentNode agent = all.get(world.random.nextInt(all.size()));
    List<String> guests = agent.host().guests();
    String guest = guests.get(world.random.nextInt(guests.size()));
    switch (world.random.nextInt(14)) {
      case 0, 1, 2, 3, 4 -> storms.begin(agent, guest);
      case 5 -> agent.kill();
      case 6 -> agent.killAtSet(world.random.nextInt(3));
      case 7 -> outage(agent);
      case 8, 9 -> reboot(agent, guest, guests.get(world.random.nextInt(guests.size())));
      case 10 -> agent.stepWallClock(world.random.nextLong(-3_600_000, 3_600_000));
      case 11 -> takeOver();
      default -> {}
    }
  }

  private void outage(AgentNode agent) {
    if (agent.link().up()) {
      agent.link().breaks();
      world.after(
          world.random.nextLong(1_000, 120_000),
          () -> {
            agent.link().restore();
            agent.reconnected();
          });
    }
  }

  /** Two guests stop and start again, so that domids and pids change hands. */
  private void reboot(AgentNode agent, String one, String other) {
    world.say(agent.id() + " reboots " + one + " and " + other);
    for (String guest : new String[] {one, other}) {
      storms.end(agent, guest);
      agent.host().stopGuest(guest);
      world.oracle.stopped(agent.host().domain(guest));
    }
    if (world.chance(0.5)) {
      agent.changed();
    }
    world.after(
        world.random.nextLong(10, 3_000),
        () -> {
          agent.host().startGuest(other);
          agent.host().startGuest(one);
          agent.changed();
        });
  }

  /** Another controller takes the claim; the one before is dead, or does not know yet. */
  private void takeOver() {
    if (controllers.isEmpty() || !world.chance(0.1)) {
      return;
    }
    ControllerNode before = controllers.getLast();
    long after = 1;
    if (world.chance(0.5)) {
      before.kill();
      controllers.remove(before);
      after = world.random.nextLong(1, 20_000);
    } else {
      world.after(
          world.random.nextLong(5_000, 60_000),
          () -> {
            before.kill();
            controllers.remove(before);
          });
    }
    if (controllers.size() < 3) {
      world.after(after, this::newController);
    }
  }

  private Mono<byte[]> request(HostId host, byte[] bytes, Duration timeout) {
    Sinks.One<byte[]> answer = Sinks.one();
    AgentNode agent = requireNonNull(agents.get(host));
    if (ControlJson.decode(Command.class, bytes) instanceof Decoded.Ok<Command>(Command command)
        && !world.chance(LEG_LOST)) {
      world.after(
          world.random.nextLong(1, 40),
          () -> {
            if (agent.link().up()) {
              agent.command(
                  command,
                  outcome -> {
                    if (!world.chance(LEG_LOST)) {
                      world.after(
                          world.random.nextLong(1, 40),
                          () -> answer.tryEmitValue(ControlJson.encode(outcome)).orThrow());
                    }
                  });
            }
          });
    }
    return answer.asMono();
  }
}
