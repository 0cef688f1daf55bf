package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.total.HostTotal;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.CommandAction;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A host with its open evaluations and when it last reported; mutable. */
final class HostTracker {
  private static final int POLICIES_SHIFT = 8;

  final HostState state;
  final RequestBackoff mapRetry = new RequestBackoff();
  final RequestBackoff leaderNotice = new RequestBackoff();
  final HarmfulSteps harmfulSteps = new HarmfulSteps();
  final Attributions attributions;
  final DetectorFeeds feeds = new DetectorFeeds();
  final Freshness freshness = new Freshness();

  /** Open evaluations by row and policy, in a fixed order. */
  final TreeMap<Integer, Evaluation> evaluations = new TreeMap<>();

  /** Policies that match each row. */
  short[][] matched = {};

  /** The host's share of the total of each fleet policy. */
  List<HostTotal> fleetTotals = List.of();

  /** The policies on its devices and on the host itself. */
  List<ScopedAlert> scoped = List.of();

  /** Open evaluations of each row; empty when there are none. */
  private short[] open = {};

  /** Whether samples arrive; false before the first one. */
  boolean live;

  /** Whether samples arrived once and have stopped. */
  boolean stale;

  int unknownBases;

  /** Whether a dropped message may have been about the map. */
  boolean reportsDropped;

  /** When a bug of this program was last reported for it; negative before that. */
  long failedMillis = -1;

  int actingBreaches;

  /** Whether the agent executes commands; absent before its first heartbeat. */
  @Nullable Boolean acting;

  /**
   * The highest epoch that the agent has seen. Once that is this leader's, no other controller can
   * set anything there, and its heartbeats list all leases.
   */
  long epochSeen = -1;

  /** Whether the agent supports limits; false before its first heartbeat. */
  boolean limits;

  /** The longest lease that the agent accepts. */
  long maxLeaseMillis = CommandAction.Set.USUAL_LEASE_MS;

  /** The agents that report under the host's name. */
  final HostRuns runs = new HostRuns();

  /** Why the agent cannot send its map, as it reports; empty when it can. */
  String mapFault = "";

  /** When its first heartbeat arrived; negative before that. */
  long firstBeatMillis = -1;

  /**
   * Since when its heartbeats report a higher epoch than this controller's; negative if they do
   * not.
   */
  long refusingSinceMillis = -1;

  /** Why it cannot be evaluated or commanded, as published last; empty when it can. */
  String problem = "";

  HostTracker(HostId host, Semaphore attributionBudget) {
    state = new HostState(host);
    attributions = new Attributions(attributionBudget);
  }

  HostId host() {
    return state.host();
  }

  /** The disk in its map; null if the map does not have it. */
  @Nullable MappedDisk disk(DiskKey key) {
    OptionalInt row = state.rowOf(key);
    return row.isPresent() ? state.disk(row.getAsInt()) : null;
  }

  /** The disk's value in the last window; unknown while no samples arrive. */
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

  /** Whether the policy matches the disk in this row. */
  boolean matches(int row, int policyIndex) {
    for (short policy : matched[row]) {
      if (policy == policyIndex) {
        return true;
      }
    }
    return false;
  }

  /** A copy of the evaluations, safe to iterate while the map changes. */
  List<Evaluation> openEvaluations() {
    return new ArrayList<>(evaluations.values());
  }

  /** The breaches of its open evaluations; a copy. */
  List<Breach> breaches() {
    return evaluations.values().stream().flatMap(each -> Stream.ofNullable(each.breach)).toList();
  }

  /** Matches policies to rows. */
  void match(PolicyIndex policies) {
    matched = policies.match(state);
    fleetTotals = policies.matchFleet(state);
    measureTotals();
    feeds.match(this, policies);
    attributions.match(this, policies);
  }

  /** Recalculates the host's share of totals. */
  void measureTotals() {
    for (HostTotal each : fleetTotals) {
      each.measure(state);
    }
  }

  /** Applies new rows and policies; the evaluations that are kept have their new indexes. */
  void reindex(PolicyIndex policies, List<Evaluation> kept) {
    match(policies);
    open = new short[0];
    evaluations.clear();
    kept.forEach(this::add);
  }
}
