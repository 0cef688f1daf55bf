package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Heartbeat;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why reporting hosts cannot be evaluated or commanded: duplicate agents, a missing map, or an
 * agent that refuses this controller. Publishes changes.
 *
 * <p>Samples and leases of a host name that more than one agent uses, as after a configuration was
 * cloned, cannot be assigned: its disks are unknown, no command is sent, and its leases expire. One
 * fleet alert lists these names. It is resolved once each name was used by one agent only for
 * {@link HostRuns#WINDOW_MILLIS}.
 */
final class HostProblems {
  /** How long a map may take to arrive, and an agent to accept a new epoch. */
  static final long GRACE_MILLIS = 30_000;

  /** The policy name in the alert about duplicate agents. */
  static final String DUPLICATES_POLICY = "duplicate-hosts";

  private static final int NAMES_SHOWN = 10;

  /** The probe that reports a map too long for a message. */
  private static final String MAP_SIZE = "mapping-size";

  private final EngineState engine;
  private final Set<HostId> duplicates = new TreeSet<>();
  private final FleetAlert duplicatesAlert;
  private boolean duplicatesChanged;

  HostProblems(EngineState engine) {
    this.engine = engine;
    // it inhibits nothing: it is about some hosts only, whose alerts are unknown
    this.duplicatesAlert = engine.alerts.critical(DUPLICATES_POLICY, _ -> false);
  }

  /** Records the agent run of a message; whether the message may be used. */
  boolean usable(HostTracker tracker, UUID run, @Nullable UUID boot) {
    boolean before = tracker.runs.duplicate;
    tracker.runs.record(run, boot, engine.millis());
    if (tracker.runs.duplicate && !before) {
      duplicates.add(tracker.host());
      duplicatesChanged = true;
      engine.setLive(tracker, false);
      tracker.stale = true;
      refresh(tracker);
      engine.alerts.apply(tracker, new AlertEvent.Refreshed());
    }
    return !tracker.runs.duplicate;
  }

  /** Handles what a heartbeat reports about the host's map and epoch. */
  void heartbeat(HostTracker tracker, Heartbeat beat) {
    tracker.mapFault = "";
    for (Heartbeat.ProbeHealth each : beat.probes()) {
      if (each.name().equals(MAP_SIZE) && !each.ok()) {
        tracker.mapFault = each.detail() == null ? "it is too long to be sent" : each.detail();
      }
    }
    if (tracker.firstBeatMillis < 0) {
      tracker.firstBeatMillis = engine.millis();
    }
    boolean newer = engine.epoch.isPresent() && beat.epoch() > engine.epoch.getAsLong();
    if (!newer) {
      tracker.refusingSinceMillis = -1;
    } else if (tracker.refusingSinceMillis < 0) {
      tracker.refusingSinceMillis = engine.millis();
    }
    refresh(tracker);
  }

  /** Removes names that one agent uses again, and updates the alert and all problems. */
  void tick(long passedMillis) {
    for (HostTracker tracker : engine.hosts.values()) {
      engine.guarded(tracker, "a tick", () -> refresh(tracker));
    }
    for (HostId host : Set.copyOf(duplicates)) {
      HostTracker tracker = engine.hosts.get(host);
      if (tracker == null || tracker.runs.settled(engine.millis())) {
        duplicates.remove(host);
        duplicatesChanged = true;
      }
      if (tracker != null && !tracker.runs.duplicate) {
        tracker.reportsDropped = true;
        refresh(tracker);
        engine.requestMap(tracker);
      }
    }
    duplicatesAlert.set(
        !duplicates.isEmpty(),
        true,
        passedMillis,
        FleetAlert.condition("duplicate_hosts", duplicates.size(), 0),
        this::duplicatesSummary);
    if (duplicatesChanged && engine.epoch.isPresent()) {
      duplicatesChanged = false;
      duplicatesAlert.apply(new AlertEvent.Republished());
    }
  }

  private String duplicatesSummary(@Nullable Ending ending) {
    String names =
        duplicates.stream().limit(NAMES_SHOWN).map(HostId::value).collect(Collectors.joining(", "));
    return ending == null
        ? "more than one agent reports as %s%s: nothing there is evaluated or throttled. Give each"
                .formatted(names, duplicates.size() > NAMES_SHOWN ? ", and others" : "")
            + " host a name of its own (--host in the agent's configuration), or stop the agent"
            + " that is one too many."
        : "each host name is used by one agent again.";
  }

  /** Publishes the host's problem if it has changed. */
  void refresh(HostTracker tracker) {
    String found = problem(tracker);
    if (!found.equals(tracker.problem)) {
      tracker.problem = found;
      engine.effects.add(new Effect.HostProblem(tracker.host(), found));
    }
  }

  private String problem(HostTracker tracker) {
    if (tracker.runs.duplicate) {
      return tracker.runs.bootsDiffer
          ? "agents of two hosts report under this name (cloned configuration?): give one of them"
              + " another name with --host; nothing is evaluated or throttled until then"
          : "two agents report under this name from one host: stop one of them; nothing is"
              + " evaluated or throttled until then";
    }
    boolean known = tracker.state.hasMap();
    if (!tracker.mapFault.isEmpty()) {
      return (known ? "its map is out of date: " : "it has no map: ") + tracker.mapFault;
    }
    if (!known && passed(tracker.firstBeatMillis)) {
      return "it has no map: its agent reports and has not sent one; see the agent's log";
    }
    OptionalLong epoch = engine.epoch;
    if (epoch.isPresent() && passed(tracker.refusingSinceMillis)) {
      return ("its agent refuses this controller's commands (stale-epoch): it obeys epoch %d, and"
              + " this controller's is %d; see 'Agents refuse the controller' in the runbook,"
              + " --above-epoch")
          .formatted(tracker.epochSeen, epoch.getAsLong());
    }
    return "";
  }

  private boolean passed(long sinceMillis) {
    return sinceMillis >= 0 && engine.millis() - sinceMillis > GRACE_MILLIS;
  }

  /** Why a known host has no map, also while it may still arrive. */
  static String noMap(HostTracker tracker) {
    return tracker.problem.isEmpty() ? "its map has not arrived yet; try again" : tracker.problem;
  }
}
