package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An engine step with a clock, which records all effects. */
final class EngineRig {
  /** The longest lease that agents accept; null for agents that do not say. */
  @Nullable Long maxLeaseMs = CommandAction.Set.MAX_LEASE_MS;

  static final String SWAP_STORM =
      """
      policies:
        - name: swap-storm
          mode: auto
          match: { role: swap, domain: "vm*" }
          when: { metric: iops, above: 200, for: 3s, clear_below: 100, clear_for: 3s }
          then: { ladder: [ best-effort/7, idle ], lease: 1m, alert: warning }
      protect: [ { domain: "vm-billing*" } ]
      """;

  final FleetEngine step;
  final List<Effect> all = new ArrayList<>();
  final Random random;
  long millis = 1_000_000;
  private long claimed = Long.MAX_VALUE; // until leadership is gained

  /** Whether faults of the step are expected. */
  boolean mayFail;

  Instant wall = Instant.parse("2026-11-22T18:00:00Z");

  EngineRig() {
    this(1);
  }

  EngineRig(long seed) {
    this(seed, new Random(seed));
  }

  /** A rig whose step gets its IDs from this generator. */
  EngineRig(long seed, Random ids) {
    random = new Random(seed);
    step = new FleetEngine(EngineSettings.DEFAULT, ids, "controller-1");
  }

  /** A rig that leads with these policies. */
  static EngineRig acting(String policies) {
    return new EngineRig().act(policies);
  }

  /** Gains leadership with these policies. */
  EngineRig act(String policies) {
    policies(policies);
    feed(new Input.LeadershipGained(7));
    feed(new Input.Tick());
    return this;
  }

  void policies(String text) {
    PolicyLoad load = PolicyReader.read(List.of(new PolicyFile("p.yaml", text)), PolicyLoad.NONE);
    if (!load.problems().isEmpty()) {
      throw new IllegalArgumentException(load.problems().toString());
    }
    feed(new Input.PoliciesLoaded(load.policies()));
  }

  /** Gains leadership again, after reading the published alerts. */
  List<Effect> lead(long epoch) {
    Map<MessageId, Alert> last = new LinkedHashMap<>();
    alerts(all).forEach(alert -> last.put(alert.id(), alert));
    last.values().removeIf(alert -> alert.state() == Alert.State.RESOLVED);
    feed(new Input.AlertsRestored(List.copyOf(last.values()), true));
    return feed(new Input.LeadershipGained(epoch));
  }

  void policies(PolicySet set) {
    feed(new Input.PoliciesLoaded(set));
  }

  List<Effect> feed(Input input) {
    if (input instanceof Input.LeadershipGained(long epoch)) {
      claimed = epoch;
    }
    List<Effect> effects = step.step(input, new Moment(millis, wall));
    all.addAll(effects);
    effects.forEach(effect -> {
      if (effect instanceof Effect.Failed(var _, var _, RuntimeException fault) && !mayFail) {
        throw fault;
      }
    });
    return effects;
  }

  void pass(long passing, TestHost... hosts) {
    millis += passing;
    wall = wall.plusMillis(passing);
    for (TestHost host : hosts) {
      host.pass(passing);
    }
  }

  List<Effect> map(TestHost host) {
    return feed(new Input.MappingChanged(host.snapshot()));
  }

  /** Feeds the host's map and a first batch. */
  void start(TestHost... hosts) {
    for (TestHost host : hosts) {
      map(host);
      hello(host);
      sample(host);
    }
  }

  /** A heartbeat of an active agent that knows this leader, without information about limits. */
  void hello(TestHost host) {
    beat(host, claimed, true, List.of(), false);
  }

  /** A heartbeat of an agent that knows the first leader and supports limits. */
  List<Effect> beat(TestHost host, boolean acting, Heartbeat.HeldThrottle... held) {
    return beat(host, 7, acting, List.of(held), true);
  }

  /** A heartbeat of an active agent that knows this leader and supports limits. */
  List<Effect> confirm(TestHost host, Heartbeat.HeldThrottle... held) {
    return beat(host, claimed, true, List.of(held), true);
  }

  private List<Effect> beat(
      TestHost host,
      long epoch,
      boolean acting,
      List<Heartbeat.HeldThrottle> held,
      boolean limits) {
    return feed(
        new Input.HeartbeatReceived(
            new Heartbeat(
                host.id,
                host.boot,
                host.run,
                wall,
                "0.1.0",
                1_000,
                host.revision,
                epoch,
                acting,
                "6.1.0-50-amd64",
                host.intervalMillis,
                host.devices,
                List.of(),
                held,
                Map.of(),
                limits,
                maxLeaseMs,
                List.of())));
  }

  List<Effect> sample(TestHost host) {
    return feed(new Input.SampleBatch(host.id, host.frame()));
  }

  List<Effect> tick() {
    return feed(new Input.Tick());
  }

  /** The I/O of a host in a second. */
  interface Second {
    void happens();
  }

  /** Runs seconds, each with its I/O, a batch and a tick; returns the effects. */
  List<Effect> seconds(int count, TestHost host, Second second) {
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pass(1_000, host);
      second.happens();
      effects.addAll(sample(host));
      effects.addAll(tick());
    }
    return effects;
  }

  List<Effect> outcome(Command command, Outcome.Result result) {
    return outcome(command, result, null);
  }

  List<Effect> outcome(Command command, Outcome.Result result, Outcome.@Nullable Refusal refusal) {
    MessageId lease = null;
    DomainRef domain = null;
    Long remaining = null;
    switch (command.action()) {
      case CommandAction.Set set -> {
        lease = set.lease();
        domain = set.domain();
        remaining = set.leaseMs();
      }
      case CommandAction.Reset reset -> lease = reset.lease();
      case CommandAction.ReleaseAll _, CommandAction.Snapshot _ -> {}
    }
    return outcome(
        command.host(), new UUID(0, 1), command.id(), lease, result, refusal, domain, remaining);
  }

  /** The end of a lease without a command. */
  List<Effect> byItself(TestHost host, MessageId lease, Outcome.Result result) {
    return outcome(host.id, host.boot, null, lease, result, null, null, null);
  }

  /** The end of a lease, or the answer to a command, because another program undid the throttle. */
  List<Effect> undone(TestHost host, @Nullable MessageId command, MessageId lease) {
    return feed(
        new Input.OutcomeReceived(
            new Outcome(
                MessageId.of(wall.toEpochMilli(), random),
                host.id,
                host.boot,
                wall,
                command,
                lease,
                Outcome.Result.RELEASED,
                null,
                "pid 500: someone else has set it to none, the lease set idle",
                null,
                null,
                List.of(),
                null,
                null,
                Outcome.Cause.UNDONE)));
  }

  private List<Effect> outcome(
      HostId host,
      UUID boot,
      @Nullable MessageId command,
      @Nullable MessageId lease,
      Outcome.Result result,
      Outcome.@Nullable Refusal refusal,
      @Nullable DomainRef domain,
      @Nullable Long remaining) {
    return feed(
        new Input.OutcomeReceived(
            new Outcome(
                MessageId.of(wall.toEpochMilli(), random),
                host,
                boot,
                wall,
                command,
                lease,
                result,
                refusal,
                "as the test says",
                domain,
                null,
                List.of(),
                remaining,
                null,
                null)));
  }

  List<Effect> ask(OperatorRequest.Ask ask, long correlation) {
    return feed(
        new Input.RequestReceived(
            new OperatorRequest("ana", "the disk is slow", ask), null, correlation));
  }

  OperatorRequest.Throttle throttle(TestHost host, String domain, Restraint restraint) {
    return new OperatorRequest.Throttle(host.id, domain, "xvda2", restraint, 60_000, null);
  }

  static List<Command> sends(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.SendCommand.class::isInstance)
        .map(effect -> ((Effect.SendCommand) effect).command())
        .toList();
  }

  /** The only command. */
  static Command only(List<Effect> effects) {
    assertThat(sends(effects)).hasSize(1);
    return sends(effects).getFirst();
  }

  static List<Alert> alerts(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.PublishAlert.class::isInstance)
        .map(effect -> ((Effect.PublishAlert) effect).alert())
        .toList();
  }

  static Alert.Action action(Alert alert) {
    return Objects.requireNonNull(alert.action());
  }

  static List<String> states(List<Effect> effects) {
    return alerts(effects).stream().map(alert -> alert.state().wire()).toList();
  }

  static List<OperatorReply> answers(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.Answer.class::isInstance)
        .map(effect -> ((Effect.Answer) effect).reply())
        .toList();
  }

  static List<String> decisions(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.RecordDecision.class::isInstance)
        .map(effect -> ((Effect.RecordDecision) effect).decision())
        .map(decision -> decision.verdict().wire() + ": " + decision.reason())
        .toList();
  }

  static CommandAction.Set set(Command command) {
    return (CommandAction.Set) command.action();
  }
}
