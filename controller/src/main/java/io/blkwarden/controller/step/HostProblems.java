package io.blkwarden.controller.step;

import io.blkwarden.model.message.Heartbeat;
import java.util.OptionalLong;

/** Says why a host that reports cannot be evaluated or commanded; published when it changes. */
final class HostProblems {
  /** How long a map may take to arrive, and an agent to follow a new epoch. */
  static final long GRACE_MILLIS = 30_000;

  /** Name of the probe by which an agent says that its map is too long for a message. */
  private static final String MAP_SIZE = "mapping-size";

  private final World world;

  HostProblems(World world) {
    this.world = world;
  }

  /** Takes what a heartbeat says of the host's map. */
  void take(HostWatch watch, Heartbeat beat) {
    watch.mapFault = "";
    for (Heartbeat.ProbeHealth each : beat.probes()) {
      if (each.name().equals(MAP_SIZE) && !each.ok()) {
        watch.mapFault = each.detail() == null ? "it is too long to be sent" : each.detail();
      }
    }
    if (watch.firstBeatMillis < 0) {
      watch.firstBeatMillis = world.millis();
    }
    boolean newer = world.claim().isPresent() && beat.epoch() > world.claim().getAsLong();
    watch.refusingSinceMillis =
        !newer ? -1 : watch.refusingSinceMillis < 0 ? world.millis() : watch.refusingSinceMillis;
    look(watch);
  }

  /** Publishes the host's problem if it is another one than before. */
  void look(HostWatch watch) {
    String found = of(watch);
    if (!found.equals(watch.problem)) {
      watch.problem = found;
      world.add(new Effect.HostProblem(watch.host(), found));
    }
  }

  private String of(HostWatch watch) {
    if (watch.runs.duplicate()) {
      return DuplicateHosts.describe(watch);
    }
    boolean known = watch.state.map().present();
    if (!watch.mapFault.isEmpty()) {
      return (known ? "its map is out of date: " : "it has no map: ") + watch.mapFault;
    }
    if (!known && passed(watch.firstBeatMillis)) {
      return "it has no map: its agent reports and has not sent one; see the agent's log";
    }
    OptionalLong claim = world.claim();
    if (claim.isPresent() && passed(watch.refusingSinceMillis)) {
      return ("its agent refuses this controller's commands (stale-epoch): it obeys epoch %d, and"
              + " this controller's is %d; see 'Agents refuse the controller' in the runbook,"
              + " --above-epoch")
          .formatted(watch.epochSeen, claim.getAsLong());
    }
    return "";
  }

  private boolean passed(long sinceMillis) {
    return sinceMillis >= 0 && world.millis() - sinceMillis > GRACE_MILLIS;
  }

  /** Why there is no map of a host that is known; says so too while it may still arrive. */
  static String noMap(HostWatch watch) {
    return watch.problem.isEmpty() ? "its map has not arrived yet; try again" : watch.problem;
  }
}
