package io.blkwarden.controller.step;

import io.blkwarden.controller.detect.HostTotal;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.SnapshotWish;
import io.blkwarden.model.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A host, the cases open on it, and when it was heard of; mutable. */
final class HostWatch {
  private static final int POLICIES_SHIFT = 8;

  final HostState state;
  final SnapshotWish wish = new SnapshotWish();
  final SnapshotWish claimWish = new SnapshotWish();
  final Harms harms = new Harms();
  final Blaming blaming = new Blaming();
  final Feeds feeds = new Feeds();
  final Freshness freshness = new Freshness();

  /** Open cases by row and policy, so that they come in the same order always. */
  final TreeMap<Integer, Case> cases = new TreeMap<>();

  /** Policies about each row. */
  short[][] matched = {};

  /** What the host adds to the total of each policy about the fleet. */
  List<HostTotal> ofFleet = List.of();

  /** How many cases are open on each row; empty while none is. */
  private short[] open = {};

  /** Whether samples come; false before the first one. */
  boolean live;

  /** Whether samples came once and come no more. */
  boolean silent;

  long lastSampleMillis;
  int unknownBases;

  /** Whether a message was refused that may have been of the map. */
  boolean missed;

  /** When a fault of this program was told of it; below 0 before that. */
  long failedMillis = -1;

  int actingBreaches;

  /** Whether the agent carries out commands; absent before its first heartbeat. */
  @Nullable Boolean acting;

  /**
   * The highest claim that the agent says it has seen; once that is ours, no other controller can
   * set anything there, and the leases that its heartbeats name are all that there are.
   */
  long epochSeen = -1;

  /** Whether the agent says that it can limit; false before its first heartbeat. */
  boolean limits;

  /** The agents that report under the host's name. */
  final HostRuns runs = new HostRuns();

  /** Why the agent cannot send its map, as it says itself; empty when it can. */
  String mapFault = "";

  /** When its first heartbeat arrived; below 0 before that. */
  long firstBeatMillis = -1;

  /**
   * Since when its heartbeats name a higher epoch than this controller's; below 0 if they do not.
   */
  long refusingSinceMillis = -1;

  /** Why it cannot be evaluated or commanded, as published last; empty when it can. */
  String problem = "";

  HostWatch(HostId host) {
    state = new HostState(host);
  }

  HostId host() {
    return state.host();
  }

  /** What the disk did in the last window; unknown while no samples come: it is not so now. */
  double value(Metric metric, int row) {
    return live ? state.value(metric, row) : Double.NaN;
  }

  /** The same of a physical device. */
  double deviceValue(Metric metric, int device) {
    return live ? state.deviceValue(metric, device) : Double.NaN;
  }

  @Nullable Case find(int row, int policy) {
    return cases.get(row << POLICIES_SHIFT | policy);
  }

  void add(Case added) {
    cases.put(added.row << POLICIES_SHIFT | added.policyIndex, added);
    if (open.length == 0) {
      open = new short[state.rows()];
    }
    open[added.row]++;
  }

  boolean isOpen(int row) {
    return open.length > 0 && open[row] > 0;
  }

  void remove(Case removed) {
    if (cases.remove(removed.row << POLICIES_SHIFT | removed.policyIndex, removed)) {
      open[removed.row]--;
    }
    if (cases.isEmpty()) {
      open = new short[0];
    }
  }

  /** Whether the case's policy is still about its disk. */
  boolean matches(Case about) {
    return isAbout(about.row, about.policyIndex);
  }

  /** Whether the policy is about the disk in this row. */
  boolean isAbout(int row, int policyIndex) {
    for (short policy : matched[row]) {
      if (policy == policyIndex) {
        return true;
      }
    }
    return false;
  }

  /** The cases just now, safe to change the map while walking over them. */
  List<Case> casesNow() {
    return new ArrayList<>(cases.values());
  }

  /** Finds out which policies are about which rows. */
  void match(Rules rules) {
    matched = rules.match(state);
    ofFleet = rules.matchFleet(state);
    total();
    feeds.match(this, rules);
  }

  /** Makes what the host adds to totals anew, after its numbers or its rows changed. */
  void total() {
    for (HostTotal each : ofFleet) {
      each.measure(state);
    }
  }

  /** Takes new rows and policies over; the cases are those whose numbers were set already. */
  void index(Rules rules, List<Case> kept) {
    match(rules);
    open = new short[0];
    cases.clear();
    kept.forEach(this::add);
  }
}
