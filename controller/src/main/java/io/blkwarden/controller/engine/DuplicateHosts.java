package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.model.HostId;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Host names that more than one agent uses, as after a configuration was cloned.
 *
 * <p>Samples and leases of such a name cannot be assigned: its disks are unknown, no command is
 * sent, and its leases expire. One fleet alert lists the names. It is resolved once each name was
 * used by one agent only for {@link HostRuns#WINDOW_MILLIS}.
 */
final class DuplicateHosts {
  /** The policy name in the alert. */
  static final String POLICY = "duplicate-hosts";

  private static final int SHOWN = 10;

  private final EngineState engine;
  private final HostProblems problems;
  private final FleetAlert alert;
  private boolean changed;
  private final Set<HostId> hosts = new TreeSet<>();

  DuplicateHosts(EngineState engine, HostProblems problems) {
    this.engine = engine;
    this.problems = problems;
    // it inhibits nothing: it is about some hosts only, whose alerts are unknown
    this.alert = engine.alerts.critical(POLICY, _ -> false);
  }

  /** Records the run of a message; whether the message may be used. */
  boolean usable(HostTracker tracker, UUID run, @Nullable UUID boot) {
    boolean before = tracker.runs.duplicate;
    tracker.runs.heard(run, boot, engine.millis());
    if (tracker.runs.duplicate && !before) {
      hosts.add(tracker.host());
      changed = true;
      engine.live(tracker, false);
      tracker.silent = true;
      problems.look(tracker);
      engine.alerts.apply(tracker, new AlertEvent.Refreshed());
    }
    return !tracker.runs.duplicate;
  }

  /** Removes hosts that are unique again, and publishes the alert when it changed. */
  void tick(long passedMillis) {
    for (HostId host : Set.copyOf(hosts)) {
      HostTracker tracker = engine.hosts.get(host);
      if (tracker == null || tracker.runs.settled(engine.millis())) {
        hosts.remove(host);
        changed = true;
      }
      if (tracker != null && !tracker.runs.duplicate) {
        tracker.missed = true;
        problems.look(tracker);
        engine.requestMap(tracker);
      }
    }
    alert.set(
        !hosts.isEmpty(),
        true,
        passedMillis,
        FleetAlert.condition("duplicate_hosts", hosts.size(), 0),
        this::summary);
    if (changed && engine.epoch.isPresent()) {
      changed = false;
      alert.apply(new AlertEvent.Republished());
    }
  }

  private String summary(@Nullable Ending ending) {
    String names = hosts.stream().limit(SHOWN).map(HostId::value).collect(Collectors.joining(", "));
    return ending == null
        ? "more than one agent reports as %s%s: nothing there is evaluated or throttled. Give each"
                .formatted(names, hosts.size() > SHOWN ? ", and others" : "")
            + " host a name of its own (--host in the agent's configuration), or stop the agent"
            + " that is one too many."
        : "each host name is used by one agent again.";
  }

  static String describe(HostTracker tracker) {
    return tracker.runs.bootsDiffer
        ? "agents of two hosts report under this name (cloned configuration?): give one of them"
            + " another name with --host; nothing is evaluated or throttled until then"
        : "two agents report under this name from one host: stop one of them; nothing is evaluated"
            + " or throttled until then";
  }
}
