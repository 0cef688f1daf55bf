package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.SnapshotRetry;
import io.blkwarden.controller.policy.total.HostTotal;
import io.blkwarden.model.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A host, the cases open on it, and when it was heard of; mutable. */
final class HostTracker {
  private static final int POLICIES_SHIFT = 8;

  final HostState state;
  final SnapshotRetry wish = new SnapshotRetry();
  final SnapshotRetry leaderNotice = new SnapshotRetry();
  final HarmfulSteps harms = new HarmfulSteps();
  final Attributions blaming = new Attributions();
  final DetectorFeeds feeds = new DetectorFeeds();
  final Freshness freshness = new Freshness();

  /** Open cases by row and policy, so that they come in the same order always. */
  final TreeMap<Integer, Evaluation> evaluations = new TreeMap<>();

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

  HostTracker(HostId host) {
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

  @Nullable Evaluation find(int row, int policy) {
    return evaluations.get(row << POLICIES_SHIFT | policy);
  }

  void add(Evaluation added) {
    evaluations.put(added.row << POLICIES_SHIFT | added.policyIndex, added);
    if (open.length == 0) {
      open = new short[state.rows()];
    }
    open[added.row]++;
  }

  boolean isOpen(int row) {
    return open.length > 0 && open[row] > 0;
  }

  void remove(Evaluation removed) {
    if (evaluations.remove(removed.row << POLICIES_SHIFT | removed.policyIndex, removed)) {
      open[removed.row]--;
    }
    if (evaluations.isEmpty()) {
      open = new short[0];
    }
  }

  /** Whether the case's policy is still about its disk. */
  boolean matches(Evaluation evaluation) {
    return isAbout(evaluation.row, evaluation.policyIndex);
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
  List<Evaluation> casesNow() {
    return new ArrayList<>(evaluations.values());
  }

  /** Finds out which policies are about which rows. */
  void match(PolicyIndex policies) {
    matched = policies.match(state);
    ofFleet = policies.matchFleet(state);
    total();
    feeds.match(this, policies);
  }

  /** Makes what the host adds to totals anew, after its numbers or its rows changed. */
  void total() {
    for (HostTotal each : ofFleet) {
      each.measure(state);
    }
  }

  /** Takes new rows and policies over; the cases are those whose numbers were set already. */
  void index(PolicyIndex policies, List<Evaluation> kept) {
    match(policies);
    open = new short[0];
    evaluations.clear();
    kept.forEach(this::add);
  }
}
