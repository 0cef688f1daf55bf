package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.policy.DetectorFeed;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.total.FleetPolicy;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Open alerts published by an earlier leader, until they continue here or are resolved; mutable.
 *
 * <p>A breach found again keeps its alert's id, incident and start. An alert whose disk was
 * measured below the clear threshold for the policy's time is resolved. Without measurements it is
 * {@code unknown}, never resolved.
 */
final class RestoredAlerts {
  /** Most alerts kept; further ones, the oldest, stay as they were published. */
  static final int MAX = 65_536;

  /** How long a host may take to report before its alerts are unknown. */
  static final long GRACE_MILLIS = 30_000;

  /** Shortest time that the whole fleet must be calm before a fleet alert is resolved. */
  static final long FLEET_CALM_MILLIS = 60_000;

  private final EngineState engine;
  private final Map<HostId, List<Told>> ofHosts = new LinkedHashMap<>();
  private final Map<String, Told> ofFleet = new LinkedHashMap<>();
  private List<Alert> waiting = List.of();
  private boolean policiesComplete;
  private long sinceMillis;

  RestoredAlerts(EngineState engine) {
    this.engine = engine;
  }

  /** An alert as published last, and how long its disk has been calm in measured time; mutable. */
  private static final class Told {
    Alert last;
    long calmMillis;

    Told(Alert last) {
      this.last = last;
    }

    boolean about(Evaluation one) {
      return last.policy().equals(one.policy.name()) && one.disk.equals(disk());
    }

    @Nullable DiskKey disk() {
      return last.domain() == null || last.disk() == null
          ? null
          : DiskKey.of(last.domain(), last.disk().vdev());
    }
  }

  /** Takes the open alerts; they count once this controller leads. */
  void take(List<Alert> open) {
    waiting = open.stream().sorted(Comparator.comparing(Alert::at).reversed()).limit(MAX).toList();
  }

  /** Whether every policy file is valid, so that a missing policy was removed. */
  void policies(boolean complete) {
    policiesComplete = complete;
  }

  /** This controller became the leader: the alerts are its own now. */
  void leadershipGained(List<MessageId> endedHere) {
    forget();
    sinceMillis = engine.millis();
    for (Alert each : waiting) {
      if (endedHere.contains(each.id())) {
        continue;
      }
      if (!each.host().equals(HostId.FLEET)) {
        ofHosts.computeIfAbsent(each.host(), _ -> new ArrayList<>()).add(new Told(each));
      } else if (ofFleet.putIfAbsent(each.policy(), new Told(each)) != null) {
        end(each, "it was published again under another id");
      }
    }
    waiting = List.of();
  }

  /** Another controller leads: it has restored them itself. */
  void forget() {
    ofHosts.clear();
    ofFleet.clear();
  }

  /** Continues a breach under the alert published for it, the newest if there are several. */
  void join(HostTracker tracker, Evaluation evaluation) {
    Breach breach = evaluation.breach;
    List<Told> told = ofHosts.get(tracker.host());
    if (breach == null || told == null || evaluation.policy.isStanding()) {
      return;
    }
    if (told.removeIf(each -> each.last.id().equals(breach.alert))) {
      return;
    }
    boolean joined = false;
    for (Iterator<Told> each = told.iterator(); each.hasNext(); ) {
      Told found = each.next();
      if (found.about(evaluation)) {
        each.remove();
        if (joined) {
          end(found.last, "it was published again under another id");
        } else {
          breach.continueAs(found.last);
          joined = true;
        }
      }
    }
    tidy(tracker.host(), told);
  }

  /** The incident of a restored alert about the same physical devices. */
  Optional<MessageId> incident(HostTracker tracker, int row) {
    for (Told each : ofHosts.getOrDefault(tracker.host(), List.of())) {
      MessageId incident = each.last.incident();
      OptionalInt other = row(tracker, each);
      if (incident != null
          && other.isPresent()
          && devices(tracker, other.getAsInt()).equals(devices(tracker, row))) {
        return Optional.of(incident);
      }
    }
    return Optional.empty();
  }

  private static List<String> devices(HostTracker tracker, int row) {
    return row < tracker.state.rows()
        ? tracker.state.disk(row).physical().stream().map(PhysicalDevice::name).sorted().toList()
        : List.of();
  }

  /** A window of the host was measured: resolves alerts that are over. */
  void measured(HostTracker tracker) {
    List<Told> told = ofHosts.get(tracker.host());
    if (told == null || engine.epoch().isEmpty()) {
      return;
    }
    for (Iterator<Told> each = told.iterator(); each.hasNext(); ) {
      Told found = each.next();
      Optional<String> over = over(tracker, found);
      if (over.isPresent()) {
        each.remove();
        end(found.last, over.get());
      }
    }
    tidy(tracker.host(), told);
  }

  /** Whether open alerts are about the host. */
  boolean knows(HostId host) {
    return ofHosts.containsKey(host);
  }

  /** The host was removed: resolves its alerts. */
  void forget(HostId host) {
    List<Told> told = ofHosts.remove(host);
    if (told != null) {
      told.forEach(each -> end(each.last, AlertPublisher.Ending.HOST_REMOVED.sentence()));
    }
  }

  private void tidy(HostId host, List<Told> told) {
    if (told.isEmpty()) {
      ofHosts.remove(host);
    }
  }

  /** Why the alert is over; empty while it may last or that is unknown. */
  private Optional<String> over(HostTracker tracker, Told told) {
    List<DiskPolicy> policies = engine.policies().ofDisks;
    int index = 0;
    while (index < policies.size() && !policies.get(index).name().equals(told.last.policy())) {
      index++;
    }
    if (index == policies.size() || policies.get(index).isStanding()) {
      return policiesComplete ? sentence(AlertPublisher.Ending.POLICY_GONE) : Optional.empty();
    }
    if (tracker.state.map().gap()) {
      return Optional.empty();
    }
    OptionalInt at = row(tracker, told);
    if (at.isEmpty()) {
      return sentence(AlertPublisher.Ending.GONE);
    }
    int row = at.getAsInt();
    if (!tracker.isAbout(row, index)) {
      return policiesComplete ? sentence(AlertPublisher.Ending.UNMATCHED) : Optional.empty();
    }
    return calm(tracker, told, row, index)
        ? sentence(AlertPublisher.Ending.CLEARED)
        : Optional.empty();
  }

  private static Optional<String> sentence(AlertPublisher.Ending ending) {
    return Optional.of(ending.sentence());
  }

  private boolean calm(HostTracker tracker, Told told, int row, int policy) {
    DetectorFeed feed = tracker.feeds.of(policy);
    Optional<Boolean> over = feed == null ? Optional.empty() : feed.over(row);
    if (over.isPresent()) {
      return over.get();
    }
    DiskPolicy of = engine.policies().ofDisks.get(policy);
    double clearBelow = of.clearBelow(told.last.condition().clearBelow());
    Metric metric = of.when().metric();
    double value = Sample.comparable(tracker.state, row, metric, of.when().above());
    ClearRule.Verdict mayClear = LoadCarriers.mayClear(engine, tracker, metric, row);
    if (Double.isNaN(value) || mayClear == ClearRule.Verdict.UNKNOWN) {
      return false;
    }
    boolean low = value < clearBelow && mayClear == ClearRule.Verdict.CLEAR;
    told.calmMillis = low ? told.calmMillis + tracker.state.windowMillis() : 0;
    return low && told.calmMillis >= of.when().clearForMillis();
  }

  private static OptionalInt row(HostTracker tracker, Told told) {
    DiskKey disk = told.disk();
    if (disk == null || told.last.domain() == null || !tracker.state.map().present()) {
      return OptionalInt.empty();
    }
    OptionalInt row = tracker.state.rowOf(disk);
    if (row.isEmpty()) {
      return row;
    }
    MappedDisk found = tracker.state.disk(row.getAsInt());
    return found.state() == MappingState.GONE ? OptionalInt.empty() : row;
  }

  /** The alert of this fleet policy; it is this controller's from now on. */
  Optional<Alert> fleet(String policy) {
    return Optional.ofNullable(ofFleet.remove(policy)).map(told -> told.last);
  }

  /**
   * Evaluates a fleet alert whose condition is not met here.
   *
   * @param low whether it is known not to be met
   * @param passedMillis time since the last evaluation; 0 when it does not count
   */
  void fleetIs(String policy, boolean low, long clearForMillis, long passedMillis) {
    Told told = ofFleet.get(policy);
    if (told == null || engine.epoch().isEmpty()) {
      return;
    }
    told.calmMillis = low && allHeard() ? told.calmMillis + passedMillis : 0;
    if (told.calmMillis >= Math.max(FLEET_CALM_MILLIS, clearForMillis)) {
      ofFleet.remove(policy);
      end(told.last, AlertPublisher.Ending.CLEARED.sentence());
    }
  }

  private boolean allHeard() {
    return engine.hostsLive() > 0 && engine.hostsLive() == engine.hosts.size();
  }

  /** Publishes alerts as unknown whose host does not report. */
  void tick() {
    if (engine.epoch().isEmpty() || engine.millis() - sinceMillis < GRACE_MILLIS) {
      return;
    }
    ofHosts.forEach((host, told) -> {
      HostTracker tracker = engine.hosts.get(host);
      if (tracker == null
          || tracker.freshness.missing(engine.millis(), engine.gapMillis(tracker))) {
        told.forEach(this::unknown);
      }
    });
    if (policiesComplete && !ofFleet.isEmpty()) {
      Map<String, Told> known = new HashMap<>(ofFleet);
      known.keySet().removeAll(engine.policies().ofFleet.stream().map(FleetPolicy::name).toList());
      known.remove(AlertPublisher.BRAKES);
      known.remove(DuplicateHosts.POLICY);
      known.forEach((policy, told) -> {
        ofFleet.remove(policy);
        end(told.last, AlertPublisher.Ending.POLICY_GONE.sentence());
      });
    }
  }

  private void unknown(Told told) {
    if (told.last.state() != Alert.State.UNKNOWN) {
      told.last = tell(told.last, Alert.State.UNKNOWN, "the host does not report");
    }
  }

  private void end(Alert last, String why) {
    Alert _ = tell(last, Alert.State.RESOLVED, why);
  }

  private Alert tell(Alert last, Alert.State state, String why) {
    String whose =
        last.domain() == null
            ? "policy " + last.policy()
            : last.domain().name() + " on " + last.host();
    Alert next =
        last.withState(
            state,
            engine.now().wall(),
            "%s: %s; the alert was published before this controller took over."
                .formatted(whose, why));
    engine.publish(next);
    return next;
  }
}
