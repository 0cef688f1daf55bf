package io.blkwarden.controller.engine;

import io.blkwarden.model.message.Heartbeat;
import java.util.OptionalLong;

/** Finds out why a reporting host cannot be evaluated or commanded, and publishes changes. */
record HostProblems(EngineState engine) {
  /** How long a map may take to arrive, and an agent to accept a new epoch. */
  static final long GRACE_MILLIS = 30_000;

  /** The probe that reports a map too long for a message. */
  private static final String MAP_SIZE = "mapping-size";

  /** Takes a heartbeat's report about the host's map. */
  void take(HostTracker tracker, Heartbeat beat) {
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
    tracker.refusingSinceMillis =
        !newer
            ? -1
            : tracker.refusingSinceMillis < 0 ? engine.millis() : tracker.refusingSinceMillis;
    look(tracker);
  }

  /** Publishes the host's problem if it has changed. */
  void look(HostTracker tracker) {
    String found = of(tracker);
    if (!found.equals(tracker.problem)) {
      tracker.problem = found;
      engine.effects.add(new Effect.HostProblem(tracker.host(), found));
    }
  }

  private String of(HostTracker tracker) {
    if (tracker.runs.duplicate) {
      return DuplicateHosts.describe(tracker);
    }
    boolean known = tracker.state.map().present();
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
