package io.blkwarden.controller.policytest;

import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.engine.FleetEngine;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.engine.Moment;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.testfile.PolicyTestFile;
import io.blkwarden.controller.policy.testfile.PolicyTestFile.Fact;
import io.blkwarden.controller.replay.SimulatedAgents;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs a policy test: the controller's engine on simulated hosts.
 *
 * <p>Deterministic. Throttles do not affect the measurements, which come from the test's series.
 */
public final class PolicyTestRun implements SimulatedAgents.Effects {
  private static final long SEED = 1;
  private static final int EXPLAINED_DISKS = 5;
  private static final int EXPLAINED_DECISIONS = 5;
  private static final long EPOCH = 1;
  private static final long HEARTBEAT_MILLIS = 5_000;
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final PolicyTestFile.Trial test;
  private final FleetEngine engine;
  private final SimulatedAgents agents;
  private final List<TestHost> hosts = new ArrayList<>();
  private final Map<MessageId, Fact> alerts = new LinkedHashMap<>();
  private final Map<MessageId, Fact> throttles = new LinkedHashMap<>();
  private final List<Fact> decisions = new ArrayList<>();

  /** The decisions about each host, domain and disk, with time, verdict, policy and reason. */
  private final Map<Fact, List<String>> explained = new LinkedHashMap<>();

  private long millis;

  private PolicyTestRun(PolicyTestFile.Trial test, PolicySet policies) {
    this.test = test;
    SplittableRandom random = new SplittableRandom(SEED);
    this.agents = new SimulatedAgents(random.split());
    this.engine = new FleetEngine(EngineSettings.DEFAULT, random.split(), "test");
    test.disks().stream()
        .collect(
            Collectors.groupingBy(
                PolicyTestFile.Disk::host, LinkedHashMap::new, Collectors.toList()))
        .forEach((name, disks) ->
            hosts.add(
                new TestHost(
                    name, disks, test.hosts().getOrDefault(name, PolicyTestFile.Host.PLAIN))));
    feed(new Input.PoliciesLoaded(policies));
    feed(new Input.LeadershipGained(EPOCH));
    for (TestHost host : hosts) {
      feed(new Input.MappingChanged(host.messages().snapshot(BEGIN)));
      heartbeat(host);
      sample(host);
    }
    feed(new Input.Tick());
  }

  /**
   * Runs a test.
   *
   * @return the failures; empty if the test passed
   */
  public static List<String> run(PolicyTestFile.Trial test, PolicySet policies) {
    PolicyTestRun run = new PolicyTestRun(test, policies);
    List<String> failures = new ArrayList<>();
    int interval = 0;
    for (PolicyTestFile.Expected each : test.expected()) {
      while (run.millis + test.intervalMillis() <= each.atMillis()) {
        run.advance(interval++);
      }
      run.compare(each, failures);
    }
    return failures;
  }

  private Moment now() {
    return new Moment(1_000_000 + millis, BEGIN.plusMillis(millis));
  }

  private void advance(int interval) {
    long end = millis + test.intervalMillis();
    for (long second = millis / 1_000 + 1; second * 1_000 < end; second++) {
      millis = second * 1_000;
      tick();
    }
    millis = end;
    for (TestHost host : hosts) {
      host.advance(interval, test.intervalMillis());
      if (host.reports()) {
        sample(host);
        if (millis % HEARTBEAT_MILLIS == 0) {
          heartbeat(host);
        }
      }
    }
    if (end % 1_000 == 0) {
      tick();
    }
  }

  private void tick() {
    agents.tick(engine, now(), this);
  }

  private void sample(TestHost host) {
    Moment now = now();
    feed(
        new Input.SampleBatch(
            host.messages().id(),
            host.frame(now.monotonicMillis(), now.wall().toEpochMilli(), test.intervalMillis())));
  }

  private void heartbeat(TestHost host) {
    Heartbeat heartbeat = host.messages().heartbeat(now().wall(), 1_000, test.intervalMillis());
    feed(new Input.HeartbeatReceived(agents.heartbeat(heartbeat, EPOCH, now())));
  }

  private void feed(Input input) {
    agents.feed(engine, input, now(), this);
  }

  @Override
  public void expired(MessageId lease) {
    throttles.remove(lease);
  }

  @Override
  public void command(Command command) {
    switch (command.action()) {
      case CommandAction.Set set ->
          throttles.put(
              set.lease(),
              fact(command.host(), set.domain(), set.vdev(), "set", set.restraint().toString()));
      case CommandAction.Reset reset -> throttles.remove(reset.lease());
      case CommandAction.ReleaseAll _, CommandAction.Snapshot _ -> {}
    }
  }

  @Override
  public void alert(Alert alert) {
    if (alert.state() == Alert.State.RESOLVED) {
      alerts.remove(alert.id());
    } else {
      alerts.put(
          alert.id(),
          fact(
              alert.host(),
              alert.domain(),
              alert.disk() == null ? null : alert.disk().vdev(),
              "policy",
              alert.policy(),
              "state",
              alert.state().wire(),
              "device",
              alert.device()));
    }
  }

  @Override
  public void decision(Decision decision) {
    if (decision.verdict() != Decision.Verdict.RENEW) {
      String policy = decision.policy() == null ? "" : " " + decision.policy();
      explained
          .computeIfAbsent(
              fact(decision.host(), decision.domain(), decision.vdev()), _ -> new ArrayList<>())
          .add(
              "%d s: %s%s: %s"
                  .formatted(millis / 1_000, decision.verdict().wire(), policy, decision.reason()));
      decisions.add(
          fact(
              decision.host(),
              decision.domain(),
              decision.vdev(),
              "verdict",
              decision.verdict().wire(),
              "policy",
              decision.policy(),
              "guard",
              decision.guard()));
    }
  }

  private static Fact fact(
      HostId host, @Nullable DomainRef domain, @Nullable String vdev, @Nullable String... more) {
    Map<String, String> parts = new LinkedHashMap<>();
    for (int i = 0; i < more.length; i += 2) {
      put(parts, String.valueOf(more[i]), more[i + 1]);
    }
    put(parts, "host", host.value());
    put(parts, "domain", domain == null ? null : domain.name());
    put(parts, "disk", vdev);
    return new Fact(parts);
  }

  private static void put(Map<String, String> parts, String key, @Nullable String value) {
    if (value != null) {
      parts.put(key, value);
    }
  }

  private void compare(PolicyTestFile.Expected at, List<String> failures) {
    List<Fact> different = new ArrayList<>();
    compare(at, "alerts", at.alerts(), alerts.values(), failures, different);
    compare(at, "throttles", at.throttles(), throttles.values(), failures, different);
    compare(at, "decisions", at.decisions(), decisions, failures, different);
    decisions.clear();
    if (!different.isEmpty()) {
      failures.add(failures.removeLast() + explanation(different));
    }
  }

  private static void compare(
      PolicyTestFile.Expected at,
      String what,
      @Nullable List<Fact> wanted,
      Collection<Fact> found,
      List<String> failures,
      List<Fact> different) {
    if (wanted == null) {
      return;
    }
    int before = different.size();
    List<Fact> left = new ArrayList<>(found);
    List<String> lines = new ArrayList<>();
    for (Fact each : wanted) {
      Fact match = left.stream().filter(each::fits).findFirst().orElse(null);
      if (match == null) {
        lines.add("    - " + each);
        different.add(each);
      } else {
        left.remove(match);
        lines.add("      " + match);
      }
    }
    left.forEach(each -> lines.add("    + " + each));
    different.addAll(left);
    if (different.size() > before) {
      failures.add(
          "line %d, at %d ms, %s (- expected, + found):%n%s"
              .formatted(at.line(), at.atMillis(), what, String.join("\n", lines)));
    }
  }

  /** The last decisions about the disks that differ. */
  private String explanation(List<Fact> different) {
    StringBuilder text = new StringBuilder();
    explained.entrySet().stream()
        .filter(each -> different.stream().anyMatch(fact -> fact.place().fits(each.getKey())))
        .limit(EXPLAINED_DISKS)
        .forEach(each -> {
          text.append("\n    last decisions about ").append(each.getKey());
          List<String> all = each.getValue();
          all.subList(Math.max(0, all.size() - EXPLAINED_DECISIONS), all.size())
              .forEach(decision -> text.append("\n      ").append(decision));
        });
    return text.isEmpty() ? "\n    no decisions about these disks so far" : text.toString();
  }
}
