package io.blkwarden.simulation.fleet;

import io.blkwarden.controller.engine.Effect;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.simulation.host.SimulatedHost;
import io.blkwarden.simulation.host.SimulatedHost.TrueWorker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Checks the invariants by the state of the simulated kernels and the messages sent. It reads no
 * state of agents or controllers.
 */
final class Oracle {
  /** Time that a throttle may last beyond its lease. */
  private static final long GRACE_MILLIS = 1_000;

  /** Longest time before the last sample that a guest may have stopped without being noticed. */
  private static final long STOP_SEEN_MILLIS = 5_000;

  /** Time without samples after which a host is stale: three intervals and a delay. */
  private static final long STALE_MILLIS = 4_000;

  /** Maximum number of violations kept of each invariant. */
  private static final int KEPT = 10;

  /** Maximum number of throttled disks per host in the simulation's policy. */
  static final int DISKS_PER_HOST = 1;

  private record Grant(UUID domain, String vdev, long untilMillis) {}

  private record Sent(HostId host, long atMillis) {}

  /**
   * An invariant that was violated.
   *
   * @param invariant its number, 1 to 9
   * @param atMillis virtual time
   * @param what description
   */
  record Violation(int invariant, long atMillis, String what) {
    @Override
    public String toString() {
      return "invariant %d at %d ms: %s".formatted(invariant, atMillis, what);
    }
  }

  private final Environment env;
  private final Map<HostId, Map<MessageId, Grant>> grants = new HashMap<>();
  private final Map<HostId, Long> epochs = new HashMap<>();
  private final Map<HostId, Set<MessageId>> seen = new HashMap<>();
  private final Map<UUID, Long> stopped = new HashMap<>();
  private final Map<MessageId, Sent> outcomes = new HashMap<>();
  final List<Violation> violations = new ArrayList<>();

  Oracle(Environment env) {
    this.env = env;
  }

  private void violated(int invariant, String what) {
    env.log("VIOLATED " + invariant + ": " + what);
    if (violations.stream().filter(each -> each.invariant() == invariant).count() < KEPT) {
      violations.add(new Violation(invariant, env.now(), what));
    }
  }

  /** Records a command that reached an agent; returns whether its epoch is old. */
  boolean arrived(Command command) {
    long highest = epochs.merge(command.host(), command.epoch(), Math::max);
    if (command.epoch() < highest) {
      return true;
    }
    Map<MessageId, Grant> held = grants.computeIfAbsent(command.host(), _ -> new HashMap<>());
    // an agent ignores duplicates, but not after a restart
    if (seen.computeIfAbsent(command.host(), _ -> new HashSet<>()).add(command.id())) {
      switch (command.action()) {
        case CommandAction.Set set ->
            held.put(
                set.lease(), new Grant(set.domain().uuid(), set.vdev(), env.now() + set.leaseMs()));
        // the lease lasts until the reset is carried out: the agent may die before
        case CommandAction.Reset _, CommandAction.Snapshot _ -> {}
        case CommandAction.ReleaseAll _ -> held.clear();
      }
    }
    return false;
  }

  private void ended(HostId host, MessageId lease) {
    grants
        .getOrDefault(host, new HashMap<>())
        .computeIfPresent(
            lease,
            (_, grant) ->
                new Grant(grant.domain(), grant.vdev(), Math.min(grant.untilMillis(), env.now())));
  }

  /** An agent is about to restrain a task. */
  void restrains(SimulatedHost host, int pid, boolean stale) {
    if (stale) {
      violated(4, host.host() + ": a command with an old epoch restrains pid " + pid);
    }
    for (TrueWorker worker : host.trueWorkers()) {
      if (worker.pid() == pid && !granted(host.host(), worker)) {
        violated(1, host.host() + ": " + worker + " is restrained without a command for its disk");
      }
    }
  }

  private boolean granted(HostId host, TrueWorker worker) {
    return grants.getOrDefault(host, Map.of()).values().stream()
        .anyMatch(grant ->
            grant.domain().equals(worker.domain())
                && grant.vdev().equals(worker.vdev())
                && env.now() <= grant.untilMillis() + GRACE_MILLIS);
  }

  /** Checks a host's tasks while its agent runs. */
  void check(SimulatedHost host, boolean connected) {
    Set<String> disks = new HashSet<>();
    for (TrueWorker worker : host.trueWorkers()) {
      if (!host.restrained(worker.pid())) {
        continue;
      }
      disks.add(worker.domain() + worker.vdev());
      if (!granted(host.host(), worker)) {
        violated(connected ? 2 : 3, host.host() + ": " + worker + " is restrained without a lease");
      }
    }
    if (disks.size() > DISKS_PER_HOST) {
      violated(6, host.host() + ": throttled disks: " + disks.size());
    }
  }

  /** Records an outcome that an agent sent. */
  void sent(Outcome outcome) {
    outcomes.put(outcome.id(), new Sent(outcome.host(), env.now()));
    MessageId lease = outcome.lease();
    if (lease != null) {
      switch (outcome.result()) {
        case RELEASED, EXPIRED, RECOVERED, GONE -> ended(outcome.host(), lease);
        case APPLIED, RENEWED, ADOPTED, REFUSED, FAILED, DONE -> {}
      }
    }
  }

  /** Records an outcome that arrived. */
  void received(Outcome outcome) {
    outcomes.remove(outcome.id());
  }

  /** Records that an agent died, with its unsent outcomes. */
  void died(HostId host) {
    seen.remove(host);
    outcomes.values().removeIf(each -> each.host().equals(host));
  }

  /** Checks for lost outcomes of a host that is connected. */
  void checkLost(HostId host, long upSinceMillis) {
    for (Sent sent : outcomes.values()) {
      if (sent.host().equals(host)
          && env.now() - Math.max(sent.atMillis(), upSinceMillis) > 10_000) {
        violated(8, host + ": an outcome of " + sent.atMillis() + " has not arrived");
        return;
      }
    }
  }

  /** Records that a guest stopped, which is in the map even if samples are missing. */
  void stopped(UUID domain) {
    stopped.put(domain, env.now());
  }

  /** Checks the effects of a controller's step. */
  void decided(List<Effect> effects, Map<HostId, Long> lastSamples, Map<HostId, Boolean> heeds) {
    boolean recorded = effects.stream().anyMatch(Effect.RecordDecision.class::isInstance);
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.SendCommand send -> {
          if (!recorded) {
            violated(7, "no decision is recorded for " + send.command().action());
          }
        }
        case Effect.PublishAlert publish -> alert(publish.alert(), lastSamples, heeds);
        case Effect.Failed failed -> throw failed.fault();
        default -> {}
      }
    }
  }

  private void alert(Alert alert, Map<HostId, Long> lastSamples, Map<HostId, Boolean> heeds) {
    Long last = lastSamples.get(alert.host());
    boolean stale = last == null || env.now() - last > STALE_MILLIS;
    DomainRef domain = alert.domain();
    boolean gone =
        domain != null
            && stopped.getOrDefault(domain.uuid(), Long.MIN_VALUE)
                >= (last == null ? 0 : last - STOP_SEEN_MILLIS);
    if (stale && domain != null && !gone && alert.state() == Alert.State.RESOLVED) {
      violated(5, alert.host() + ": an alert is resolved without samples since " + last);
    }
    Alert.Action action = alert.action();
    if (action != null
        && action.effect() == Alert.Effect.WORKED
        && action.limitPerS() == null
        && !heeds.getOrDefault(alert.host(), true)) {
      violated(9, alert.host() + ": worked, on a device that ignores priorities");
    }
  }
}
