package io.blkwarden.simulation.fleet;

import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
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
 * Holds everybody to the invariants, by what the simulated kernels know and what passed on the
 * wire. It asks neither the agents nor the controllers.
 */
final class Oracle {
  /** How long a throttle may outlive its lease. */
  private static final long GRACE_MILLIS = 1_000;

  /** A guest may have stopped so long before the last sample without that being seen yet. */
  private static final long STOP_SEEN_MILLIS = 5_000;

  /** Silence after which nothing may be concluded: three intervals, and the way of the last. */
  private static final long SILENCE_MILLIS = 4_000;

  /** Most breaks of each invariant that are kept: many of one must not hide another. */
  private static final int KEPT = 10;

  /** Most disks of a host that the simulation's policy lets be throttled. */
  static final int DISKS_PER_HOST = 1;

  private record Grant(UUID domain, String vdev, long untilMillis) {}

  private record Told(HostId host, long atMillis) {}

  private final World world;
  private final Map<HostId, Map<MessageId, Grant>> grants = new HashMap<>();
  private final Map<HostId, Long> epochs = new HashMap<>();
  private final Map<HostId, Set<MessageId>> seen = new HashMap<>();
  private final Map<UUID, Long> stopped = new HashMap<>();
  private final Map<MessageId, Told> outcomes = new HashMap<>();
  private final List<Broken> broken = new ArrayList<>();

  Oracle(World world) {
    this.world = world;
  }

  List<Broken> broken() {
    return broken;
  }

  void breaks(int invariant, String what) {
    world.say("BROKEN " + invariant + ": " + what);
    if (broken.stream().filter(each -> each.invariant() == invariant).count() < KEPT) {
      broken.add(new Broken(invariant, world.now(), what));
    }
  }

  /** A command, as its controller sent it, reached an agent; whether its epoch is old. */
  boolean arrived(Command command) {
    long highest = epochs.merge(command.host(), command.epoch(), Math::max);
    if (command.epoch() < highest) {
      return true;
    }
    Map<MessageId, Grant> held = grants.computeIfAbsent(command.host(), _ -> new HashMap<>());
    // an agent remembers what it was told until it dies, and then may be told again
    if (seen.computeIfAbsent(command.host(), _ -> new HashSet<>()).add(command.id())) {
      switch (command.action()) {
        case CommandAction.Set set ->
            held.put(
                set.lease(),
                new Grant(set.domain().uuid(), set.vdev(), world.now() + set.leaseMs()));
        // until it is carried out the lease may go on, as when the agent dies while it restores
        case CommandAction.Reset _ -> {}
        case CommandAction.ReleaseAll _ -> held.clear();
        case CommandAction.Snapshot _ -> {}
      }
    }
    return false;
  }

  /** An agent says that a lease is over: from now on nothing may be restrained by it. */
  private void over(HostId host, MessageId lease) {
    grants
        .getOrDefault(host, new HashMap<>())
        .computeIfPresent(
            lease,
            (_, grant) ->
                new Grant(
                    grant.domain(), grant.vdev(), Math.min(grant.untilMillis(), world.now())));
  }

  /** An agent changes a task's priority. */
  void sets(SimulatedHost host, int pid, IoPriority priority, boolean stale) {
    if (!priority.equals(IoPriority.UNSET)) {
      restrains(host, pid, stale);
    }
  }

  /** An agent moves a task to another group. */
  void moves(SimulatedHost host, int pid, String group, boolean stale) {
    if (ours(group)) {
      restrains(host, pid, stale);
    }
  }

  private static boolean ours(String group) {
    return group.startsWith(LimitGroups.TOP + "/");
  }

  private void restrains(SimulatedHost host, int pid, boolean stale) {
    if (stale) {
      breaks(4, host.host() + ": a command of an old epoch restrains pid " + pid);
    }
    for (TrueWorker worker : host.trueWorkers()) {
      if (worker.pid() == pid && !granted(host.host(), worker)) {
        breaks(1, host.host() + ": " + worker + " is restrained, and nobody asked for its disk");
      }
    }
  }

  /** Whether anything of ours holds a task back. */
  static boolean restrained(SimulatedHost host, int pid) {
    return !host.get(pid).orElse(IoPriority.UNSET).equals(IoPriority.UNSET)
        || ours(host.groups().groupOf(pid).orElse(LimitGroups.ROOT));
  }

  private boolean granted(HostId host, TrueWorker worker) {
    return grants.getOrDefault(host, Map.of()).values().stream()
        .anyMatch(grant ->
            grant.domain().equals(worker.domain())
                && grant.vdev().equals(worker.vdev())
                && world.now() <= grant.untilMillis() + GRACE_MILLIS);
  }

  /** Looks at a host's tasks while its agent runs. */
  void look(SimulatedHost host, boolean connected) {
    Set<String> disks = new HashSet<>();
    for (TrueWorker worker : host.trueWorkers()) {
      if (!restrained(host, worker.pid())) {
        continue;
      }
      disks.add(worker.domain() + worker.vdev());
      if (!granted(host.host(), worker)) {
        breaks(
            connected ? 2 : 3, host.host() + ": " + worker + " is restrained, and no lease runs");
      }
    }
    if (disks.size() > DISKS_PER_HOST) {
      breaks(6, host.host() + ": so many disks are throttled: " + disks.size());
    }
  }

  /** An agent tells an outcome. */
  void told(Outcome outcome) {
    outcomes.put(outcome.id(), new Told(outcome.host(), world.now()));
    MessageId lease = outcome.lease();
    if (lease != null) {
      switch (outcome.result()) {
        case RELEASED, EXPIRED, RECOVERED, GONE -> over(outcome.host(), lease);
        case APPLIED, RENEWED, ADOPTED, REFUSED, FAILED, DONE -> {}
      }
    }
  }

  /** It arrived. */
  void heard(Outcome outcome) {
    outcomes.remove(outcome.id());
  }

  /** An agent died, with what it had not sent. */
  void died(HostId host) {
    seen.remove(host);
    outcomes.values().removeIf(told -> told.host().equals(host));
  }

  /** Looks for outcomes on their way for too long while the way is open. */
  void lookForLost(HostId host, long openSinceMillis) {
    for (Told told : outcomes.values()) {
      if (told.host().equals(host)
          && world.now() - Math.max(told.atMillis(), openSinceMillis) > 10_000) {
        breaks(8, host + ": an outcome of " + told.atMillis() + " has not arrived");
        return;
      }
    }
  }

  /** A guest's domain is gone, which the map tells even where samples are missing. */
  void stopped(UUID domain) {
    stopped.put(domain, world.now());
  }

  /** A controller's step wants this done. */
  void wants(List<Effect> effects, Map<HostId, Long> lastSamples, Map<HostId, Boolean> heeds) {
    boolean noted = effects.stream().anyMatch(Effect.RecordDecision.class::isInstance);
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.SendCommand send -> {
          if (!noted) {
            breaks(7, "no decision is on record for " + send.command().action());
          }
        }
        case Effect.PublishAlert publish -> alert(publish.alert(), lastSamples, heeds);
        case Effect.Failed failed -> throw failed.fault();
        case Effect.RecordDecision _,
            Effect.Answer _,
            Effect.RequestMap _,
            Effect.AnnounceLeader _,
            Effect.StoreBaseline _,
            Effect.HostProblem _,
            Effect.RemoveHost _,
            Effect.StoreInput _ -> {}
      }
    }
  }

  private void alert(Alert alert, Map<HostId, Long> lastSamples, Map<HostId, Boolean> heeds) {
    Long last = lastSamples.get(alert.host());
    boolean silent = last == null || world.now() - last > SILENCE_MILLIS;
    DomainRef domain = alert.domain();
    boolean gone =
        domain != null
            && stopped.getOrDefault(domain.uuid(), Long.MIN_VALUE)
                >= (last == null ? 0 : last - STOP_SEEN_MILLIS);
    if (silent && domain != null && !gone && alert.state() == Alert.State.RESOLVED) {
      breaks(5, alert.host() + ": an alert is resolved, and nothing was heard since " + last);
    }
    Alert.Action action = alert.action();
    if (action != null
        && action.effect() == Alert.Effect.WORKED
        && action.limitPerS() == null
        && !heeds.getOrDefault(alert.host(), true)) {
      breaks(9, alert.host() + ": worked, on a device that does not listen");
    }
  }
}
