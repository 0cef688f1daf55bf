package io.blkwarden.controller.engine;

import io.blkwarden.controller.detect.BudgetTable;
import io.blkwarden.controller.detect.Sample;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.FleetPolicy;
import io.blkwarden.controller.policy.OutlierPolicy;
import io.blkwarden.controller.throttle.ClearRule;
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
 * Open alerts that a controller told of before this one had the claim, until they go on here or are
 * over; mutable.
 *
 * <p>A breach that is found again takes its alert's id, incident and beginning over. An alert whose
 * disk was measured below the clear level for as long as its policy wants is resolved. What is not
 * measured is {@code unknown}, never resolved.
 */
final class RestoredAlerts {
  /** Most alerts that are kept; further ones, the oldest, are left as they were told. */
  static final int MAX = 65_536;

  /** How long a host may take to be heard of before its alerts are unknown. */
  static final long GRACE_MILLIS = 30_000;

  /** How long the whole fleet must be calm before an alert about it is over, at least. */
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

  /**
   * An alert as it was told last, and how long its disk has been calm in measured time; mutable.
   */
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

  /** Takes the open alerts that were told; they count once the claim is held. */
  void take(List<Alert> open) {
    waiting = open.stream().sorted(Comparator.comparing(Alert::at).reversed()).limit(MAX).toList();
  }

  /** Whether every policy file holds, so that a policy that is not there is gone. */
  void policies(boolean complete) {
    policiesComplete = complete;
  }

  /** This controller commands: the alerts are its own from now on. */
  void claimed(List<MessageId> endedHere) {
    forget();
    sinceMillis = engine.millis();
    for (Alert each : waiting) {
      if (endedHere.contains(each.id())) {
        continue;
      }
      if (!each.host().equals(HostId.FLEET)) {
        ofHosts.computeIfAbsent(each.host(), _ -> new ArrayList<>()).add(new Told(each));
      } else if (ofFleet.putIfAbsent(each.policy(), new Told(each)) != null) {
        end(each, "it was told again under another id");
      }
    }
    waiting = List.of();
  }

  /** Another controller commands: it has recalled them itself. */
  void forget() {
    ofHosts.clear();
    ofFleet.clear();
  }

  /** Lets a breach go on as the alert that was told of it, the newest if there are several. */
  void join(HostTracker tracker, Evaluation evaluation) {
    Breach breach = evaluation.breach;
    List<Told> told = ofHosts.get(tracker.host());
    if (breach == null || told == null) {
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
          end(found.last, "it was told again under another id");
        } else {
          breach.goesOn(found.last);
          joined = true;
        }
      }
    }
    tidy(tracker.host(), told);
  }

  /** The incident of an alert about the same physical devices that has not gone on yet. */
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

  /** A window of the host was measured: ends what is over. */
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

  /** The host is gone for good: ends what was told of it. */
  void forget(HostId host) {
    List<Told> told = ofHosts.remove(host);
    if (told != null) {
      told.forEach(each -> end(each.last, AlertPublisher.Ending.FORGOTTEN.sentence()));
    }
  }

  private void tidy(HostId host, List<Told> told) {
    if (told.isEmpty()) {
      ofHosts.remove(host);
    }
  }

  /** Why the alert is over; empty while it may go on, or nobody knows. */
  private Optional<String> over(HostTracker tracker, Told told) {
    List<DiskPolicy> policies = engine.policies().ofDisks;
    int index = 0;
    while (index < policies.size() && !policies.get(index).name().equals(told.last.policy())) {
      index++;
    }
    if (index == policies.size()) {
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
    if (tracker.feeds.of(policy) instanceof BudgetTable budget) {
      return budget.standing(row).over();
    }
    DiskPolicy of = engine.policies().ofDisks.get(policy);
    double clearBelow =
        of instanceof OutlierPolicy ? told.last.condition().clearBelow() : of.when().clearBelow();
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

  /** The alert that was told about the fleet by this policy; it is this controller's now. */
  Optional<Alert> fleet(String policy) {
    return Optional.ofNullable(ofFleet.remove(policy)).map(told -> told.last);
  }

  /**
   * Looks at an alert about the fleet whose condition does not hold here.
   *
   * @param low whether it is known not to hold
   * @param passedMillis time since the last look; 0 when it does not count
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

  /** Says which alerts nobody can judge, because their host is not heard of. */
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
      told.last = tell(told.last, Alert.State.UNKNOWN, "nothing is heard of the host");
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
            "%s: %s; the alert was told of before this controller took over."
                .formatted(whose, why));
    engine.publish(next);
    return next;
  }
}
