package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.alert.AlertState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.policy.DetectorFeed;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  private final EngineState engine;
  private final Map<HostId, List<Earlier>> byHost = new LinkedHashMap<>();

  /** Whether every policy file is valid, so that a missing policy was removed. */
  boolean policiesComplete;

  RestoredAlerts(EngineState engine) {
    this.engine = engine;
  }

  /** An alert as published last. */
  static final class Earlier extends LiveAlert {
    private final Alert last;

    /** Absent if it is about a device or a host, or its disk is not known. */
    final @Nullable DiskKey disk;

    long clearForMillis;

    Earlier(EngineState engine, Alert last) {
      super(engine, Response.AlertLife.PLAIN, new AlertState.Restored(last, 0));
      this.last = last;
      disk =
          last.domain() == null || last.disk() == null
              ? null
              : DiskKey.of(last.domain(), last.disk().vdev());
    }

    /** Whether it is about a device or a host. */
    boolean scoped() {
      return last.domain() == null;
    }

    boolean isAbout(Evaluation one) {
      return last.policy().equals(one.policy.name()) && one.disk.equals(disk);
    }

    boolean isAbout(FleetAlert one) {
      return last.policy().equals(one.policy);
    }

    boolean isAbout(ScopedAlert one) {
      return scoped()
          && last.policy().equals(one.policy.name())
          && Objects.equals(last.device(), one.device);
    }

    @Override
    public long calmMillis() {
      return clearForMillis;
    }

    @Override
    @Nullable List<String> devices() {
      if (scoped()) {
        return last.device() == null ? List.of() : List.of(last.device());
      }
      HostTracker tracker = engine.hosts.get(last.host());
      OptionalInt row = tracker == null ? OptionalInt.empty() : row(tracker, this);
      return tracker == null || row.isEmpty()
          ? null
          : Evaluation.devices(tracker.state.disk(row.getAsInt()));
    }

    @Override
    public Alert message(AlertState.Active state, Alert.State published, @Nullable Ending ending) {
      throw new IllegalStateException("a restored alert has no values");
    }
  }

  /** Adds alerts, except for those it contains. */
  void add(List<Alert> open) {
    Set<MessageId> known =
        byHost.values().stream()
            .flatMap(List::stream)
            .map(each -> each.last.id())
            .collect(Collectors.toSet());
    open.stream()
        .filter(each -> !known.contains(each.id()))
        .sorted(Comparator.comparing(Alert::at).reversed())
        .limit(Math.max(0, MAX - known.size()))
        .forEach(each ->
            byHost
                .computeIfAbsent(each.host(), _ -> new ArrayList<>())
                .add(new Earlier(engine, each)));
  }

  void clear() {
    byHost.clear();
  }

  /**
   * Removes the alert that was published for a breach, and resolves further ones.
   *
   * @param isAbout whether an alert is about the breach
   * @param id of the breach's alert; absent for a new breach
   */
  @Nullable Alert claim(HostId host, Predicate<Earlier> isAbout, @Nullable MessageId id) {
    List<Earlier> ofHost = of(host);
    List<Alert> about =
        ofHost.stream()
            .filter(isAbout)
            .flatMap(each -> Stream.ofNullable(each.state().last()))
            .toList();
    if (about.isEmpty()) {
      return null;
    }
    ofHost.removeIf(isAbout);
    Alert chosen =
        about.stream().filter(each -> each.id().equals(id)).findFirst().orElseGet(about::getFirst);
    about.stream().filter(each -> !each.equals(chosen)).forEach(this::supersede);
    return chosen;
  }

  /** Resolves an alert that continues under another id. */
  void supersede(Alert alert) {
    new Earlier(engine, alert).apply(new AlertEvent.Ended(Ending.SUPERSEDED));
  }

  /** The restored alerts about a host. */
  List<Earlier> of(HostId host) {
    return byHost.getOrDefault(host, List.of());
  }

  /** Resolves the restored alerts that are over according to the last window of the host. */
  void measured(HostTracker tracker, Throttles throttles) {
    List<Earlier> ofHost = byHost.get(tracker.host());
    if (ofHost == null) {
      return;
    }
    for (Earlier each : ofHost) {
      boolean handled = each.last.state() == Alert.State.HANDLED;
      AlertEvent event =
          handled && engine.alerts.awaitsHeartbeat(tracker) ? null : event(tracker, each);
      if (event != null) {
        each.apply(event);
      }
      if (each.state() instanceof AlertState.Resolved) {
        throttles.alertEnded(
            each.last, event instanceof AlertEvent.Ended(Ending why) ? why : Ending.CLEARED);
      }
    }
    ofHost.removeIf(each -> each.state() instanceof AlertState.Resolved);
  }

  /** Resolves the alerts about a host, or about the fleet. */
  void end(HostId host, Ending ending) {
    List<Earlier> ofHost = byHost.remove(host);
    if (ofHost != null) {
      ofHost.forEach(each -> each.apply(new AlertEvent.Ended(ending)));
    }
  }

  /** The event of the last window for the alert; null when that is unknown. */
  private @Nullable AlertEvent event(HostTracker tracker, Earlier earlier) {
    if (earlier.scoped()) {
      return scoped(tracker, earlier);
    }
    List<DiskPolicy> policies = engine.policies.diskPolicies;
    int index = 0;
    while (index < policies.size() && !policies.get(index).name().equals(earlier.last.policy())) {
      index++;
    }
    if (index == policies.size() || policies.get(index).isStanding()) {
      return endedByPolicies(Ending.POLICY_GONE);
    }
    if (tracker.state.mapGap()) {
      return null;
    }
    OptionalInt row = row(tracker, earlier);
    if (row.isEmpty()) {
      return new AlertEvent.Ended(Ending.GONE);
    }
    return tracker.matches(row.getAsInt(), index)
        ? measured(tracker, earlier, row.getAsInt(), index)
        : endedByPolicies(Ending.UNMATCHED);
  }

  private @Nullable AlertEvent scoped(HostTracker tracker, Earlier earlier) {
    if (tracker.state.mapGap()) {
      return null;
    }
    Optional<ScopedAlert> found = tracker.scoped.stream().filter(earlier::isAbout).findFirst();
    if (found.isEmpty()) {
      boolean device =
          tracker.state.devices().stream()
              .anyMatch(each -> each.name().equals(earlier.last.device()));
      return endedByPolicies(
          device || earlier.last.device() == null ? Ending.POLICY_GONE : Ending.DEVICE_GONE);
    }
    Threshold when = found.get().policy.when();
    double value = found.get().value(when.metric());
    earlier.clearForMillis = when.clearForMillis();
    return Double.isNaN(value) ? null : measured(tracker, value < when.clearBelow());
  }

  private static AlertEvent measured(HostTracker tracker, boolean calm) {
    return new AlertEvent.Measured(calm, tracker.state.windowMillis());
  }

  /** The alert is over because of the policies, if all of them are known. */
  private @Nullable AlertEvent endedByPolicies(Ending ending) {
    return policiesComplete ? new AlertEvent.Ended(ending) : null;
  }

  private @Nullable AlertEvent measured(
      HostTracker tracker, Earlier earlier, int row, int policyIndex) {
    DetectorFeed feed = tracker.feeds.of(policyIndex);
    Optional<Boolean> over = feed == null ? Optional.empty() : feed.over(row);
    if (over.isPresent()) {
      return over.get() ? new AlertEvent.Ended(Ending.CLEARED) : null;
    }
    DiskPolicy policy = engine.policies.diskPolicies.get(policyIndex);
    Metric metric = policy.when().metric();
    double value = Sample.comparable(tracker.state, row, metric, policy.when().above());
    ClearRule.Verdict mayClear = engine.throttleTable.mayClear(tracker, metric, row);
    if (Double.isNaN(value) || mayClear == ClearRule.Verdict.UNKNOWN) {
      return null;
    }
    boolean low =
        value < policy.clearBelow(earlier.last.condition().clearBelow())
            && mayClear == ClearRule.Verdict.CLEAR;
    earlier.clearForMillis = policy.when().clearForMillis();
    return measured(tracker, low);
  }

  private static OptionalInt row(HostTracker tracker, Earlier earlier) {
    OptionalInt row =
        earlier.disk == null ? OptionalInt.empty() : tracker.state.rowOf(earlier.disk);
    return row.isPresent() && tracker.state.gone(row.getAsInt()) ? OptionalInt.empty() : row;
  }

  /** Publishes alerts as unknown whose host does not report. */
  void tick() {
    byHost.forEach((host, ofHost) -> {
      HostTracker tracker = engine.hosts.get(host);
      boolean reports =
          tracker != null && !tracker.freshness.missing(engine.millis(), engine.gapMillis(tracker));
      if (!reports && !host.equals(HostId.FLEET)) {
        ofHost.forEach(each -> each.apply(new AlertEvent.SamplesMissing()));
      }
    });
  }
}
