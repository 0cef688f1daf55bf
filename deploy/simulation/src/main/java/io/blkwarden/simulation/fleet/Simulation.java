package io.blkwarden.simulation.fleet;

import static java.util.Objects.requireNonNull;

import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.simulation.fleet.Oracle.Violation;
import io.blkwarden.simulation.fleet.Simulation.Plan;
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

/** One run: a fleet, controllers, and random failures of both. */
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

  /**
   * The parameters of a run.
   *
   * @param seed seed of all randomness
   * @param hosts simulated dom0s, 1 to 1,000
   * @param minutes of virtual time, 1 to 10,080
   */
  record Plan(long seed, int hosts, int minutes) {
    Plan {
      Require.within(hosts, 1, 1_000, "hosts");
      Require.within(minutes, 1, 10_080, "minutes");
    }
  }

  private final Plan plan;
  private final Environment env;
  private final Storms storms;
  private final PolicySet policies;
  private final Map<HostId, AgentNode> agents = new LinkedHashMap<>();
  private final Map<HostId, Boolean> heeds = new HashMap<>();
  private final List<ControllerNode> controllers = new ArrayList<>();
  private long epoch;

  Simulation(Plan plan, Environment.Faults faults) {
    this(plan, faults, line -> {});
  }

  /** A simulation that also passes each event to a printer. */
  Simulation(Plan plan, Environment.Faults faults, Consumer<String> printer) {
    this.plan = plan;
    this.env = new Environment(plan.seed(), faults, printer);
    this.storms = new Storms(env);
    PolicyLoad load = PolicyReader.read(List.of(new PolicyFile("sim", POLICY)), PolicyLoad.NONE);
    if (!load.problems().isEmpty()) {
      throw new IllegalStateException(load.problems().toString());
    }
    this.policies = load.policies();
  }

  /** Runs to the end. */
  RunResult run() {
    return run(violations -> false);
  }

  /** Runs to the end, or until these violations are enough. */
  RunResult run(Predicate<List<Violation>> enough) {
    for (int n = 0; n < plan.hosts(); n++) {
      HostSpec spec = spec(n);
      SimulatedHost host = new SimulatedHost(spec, env::now);
      heeds.put(spec.host(), !spec.scheduler().equals("none"));
      boolean heedsIdle = spec.order().heeds();
      AgentNode agent =
          new AgentNode(env, host, new HostLink(env, spec.host(), this::toControllers));
      agents.put(spec.host(), agent);
      agent.start();
      env.every(AGENT_TICK_MILLIS, agent::tick);
      env.every(
          1_000,
          () -> {
            storms.check(agent, heedsIdle);
            agent.check();
            if (agent.link.up()) {
              env.oracle.checkLost(agent.id(), agent.link.upSinceMillis());
            }
          });
    }
    newController();
    env.every(1_000, () -> List.copyOf(controllers).forEach(ControllerNode::tick));
    env.every(10_000L / Math.min(plan.hosts(), 50), this::randomEvent);
    for (long left = plan.minutes() * 60_000L;
        left > 0 && !enough.test(env.oracle.violations);
        left -= STEP_MILLIS) {
      env.time.advanceTimeBy(Duration.ofMillis(Math.min(left, STEP_MILLIS)));
    }
    return new RunResult(
        plan,
        env.events,
        env.hash,
        env.oracle.violations,
        storms.throttles,
        storms.wrong,
        storms.reliefMillis,
        List.copyOf(env.lastEvents));
  }

  /**
   * Of six hosts two have mq-deadline, two none, one bfq, and one bfq with merged queues. Limits
   * are allowed on the last four ({@code lim-}).
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
    controllers.add(new ControllerNode(env, epoch, policies, this::request, heeds));
  }

  /** Causes one random event. */
  private void randomEvent() {
    List<AgentNode> all = List.copyOf(agents.values());
    AgentNode agent = all.get(env.random.nextInt(all.size()));
    List<String> guests = agent.host.guests();
    String guest = guests.get(env.random.nextInt(guests.size()));
    switch (env.random.nextInt(14)) {
      case 0, 1, 2, 3, 4 -> storms.begin(agent, guest);
      case 5 -> agent.kill();
      case 6 -> agent.killAtChange(env.random.nextInt(3));
      case 7 -> outage(agent);
      case 8, 9 -> reboot(agent, guest, guests.get(env.random.nextInt(guests.size())));
      case 10 -> agent.stepWallClock(env.random.nextLong(-3_600_000, 3_600_000));
      case 11 -> takeOver();
      default -> {}
    }
  }

  private void outage(AgentNode agent) {
    if (agent.link.up()) {
      agent.link.breaks();
      env.after(
          env.random.nextLong(1_000, 120_000),
          () -> {
            agent.link.restore();
            agent.reconnected();
          });
    }
  }

  /** Restarts two guests, so that their domids and pids are exchanged. */
  private void reboot(AgentNode agent, String one, String other) {
    env.log(agent.id() + " reboots " + one + " and " + other);
    for (String guest : new String[] {one, other}) {
      storms.end(agent, guest);
      agent.host.stopGuest(guest);
      env.oracle.stopped(agent.host.domain(guest));
    }
    if (env.chance(0.5)) {
      agent.changed();
    }
    env.after(
        env.random.nextLong(10, 3_000),
        () -> {
          agent.host.startGuest(other);
          agent.host.startGuest(one);
          agent.changed();
        });
  }

  /** Makes another controller leader; the earlier one is dead, or does not know yet. */
  private void takeOver() {
    if (controllers.isEmpty() || !env.chance(0.1)) {
      return;
    }
    ControllerNode before = controllers.getLast();
    long after = 1;
    if (env.chance(0.5)) {
      before.kill();
      controllers.remove(before);
      after = env.random.nextLong(1, 20_000);
    } else {
      env.after(
          env.random.nextLong(5_000, 60_000),
          () -> {
            before.kill();
            controllers.remove(before);
          });
    }
    if (controllers.size() < 3) {
      env.after(after, this::newController);
    }
  }

  private Mono<byte[]> request(HostId host, byte[] bytes, Duration timeout) {
    Sinks.One<byte[]> answer = Sinks.one();
    AgentNode agent = requireNonNull(agents.get(host));
    if (ControlJson.decode(Command.class, bytes) instanceof Decoded.Ok<Command>(Command command)
        && !env.chance(LEG_LOST)) {
      env.after(
          env.random.nextLong(1, 40),
          () -> {
            if (agent.link.up()) {
              agent.command(
                  command,
                  outcome -> {
                    if (!env.chance(LEG_LOST)) {
                      env.after(
                          env.random.nextLong(1, 40),
                          () -> answer.tryEmitValue(ControlJson.encode(outcome)).orThrow());
                    }
                  });
            }
          });
    }
    return answer.asMono();
  }

  /**
   * The result of one run.
   *
   * @param plan what was run
   * @param events number of events
   * @param hash hash of all events, in order
   * @param violations violated invariants, at most the first ten of each
   * @param throttles number of throttles
   * @param wrong descriptions of the throttles of disks that did not swap
   * @param reliefMillis times from the start of a storm until its disk was restrained
   * @param last the last events
   */
  record RunResult(
      Plan plan,
      long events,
      long hash,
      List<Violation> violations,
      int throttles,
      List<String> wrong,
      List<Long> reliefMillis,
      List<String> last) {
    /** The violations, the last events, and the command that repeats the run. */
    String describeViolations() {
      return "seed %d violated invariants:\n  %s\nlast events:\n  %s\n%s"
          .formatted(
              plan.seed(),
              String.join("\n  ", violations.stream().map(Violation::toString).toList()),
              String.join("\n  ", last),
              repeat());
    }

    /** The wrong throttles, and the command that repeats the run. */
    String describeWrong() {
      return "seed %d throttled wrongly:\n  %s\n%s"
          .formatted(plan.seed(), String.join("\n  ", wrong), repeat());
    }

    private String repeat() {
      return "to repeat it: deploy/fleet-sim --seeds 1 --seed %d --hosts %d --minutes %d"
          .formatted(plan.seed(), plan.hosts(), plan.minutes());
    }
  }
}
