package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.alert.AlertFacts;
import io.blkwarden.controller.alert.AlertState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.threshold.ScopedPolicy;
import io.blkwarden.controller.snapshot.KnownNumbers;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Alert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A policy applied to a physical device or a host, with its alert; mutable. */
final class ScopedAlert extends LiveAlert {
  final ScopedPolicy policy;

  /** Name of the device; absent for a host. */
  final @Nullable String device;

  private final HostTracker tracker;
  private final Detector detector;

  /** The device's row in the host's map. */
  int row;

  /** The last known value. */
  private double value;

  /** Whether the detector has nothing to remember. */
  private boolean idle = true;

  ScopedAlert(
      EngineState engine, HostTracker tracker, ScopedPolicy policy, @Nullable String device) {
    super(engine, policy.then().life(), new AlertState.Inactive());
    this.tracker = tracker;
    this.policy = policy;
    this.device = device;
    this.detector = policy.detector();
  }

  /**
   * Applies a new map or new policies to a host. Alerts that still apply continue; devices are
   * compared by name.
   */
  static void match(EngineState engine, HostTracker tracker, PolicyIndex policies) {
    List<ScopedAlert> before = tracker.scoped;
    if (before.isEmpty() && policies.scopedPolicies.isEmpty()) {
      return;
    }
    List<ScopedAlert> next = new ArrayList<>();
    List<PhysicalDevice> devices = tracker.state.devices();
    for (ScopedPolicy policy : policies.scopedPolicies) {
      if (policy.matches(tracker.host()) && policy.scope() == MetricScope.HOST) {
        next.add(same(engine, tracker, policy, null, 0));
      } else if (policy.matches(tracker.host())) {
        for (int row = 0; row < devices.size(); row++) {
          if (policy.matches(devices.get(row))) {
            next.add(same(engine, tracker, policy, devices.get(row).name(), row));
          }
        }
      }
    }
    tracker.scoped = List.copyOf(next);
    for (ScopedAlert each : before) {
      if (!next.contains(each)) {
        each.apply(new AlertEvent.Ended(ending(tracker, each, policies)));
      }
    }
  }

  private static ScopedAlert same(
      EngineState engine,
      HostTracker tracker,
      ScopedPolicy policy,
      @Nullable String device,
      int row) {
    ScopedAlert same =
        tracker.scoped.stream()
            .filter(each -> each.policy.equals(policy) && Objects.equals(each.device, device))
            .findFirst()
            .orElseGet(() -> new ScopedAlert(engine, tracker, policy, device));
    same.row = row;
    return same;
  }

  private static Ending ending(HostTracker tracker, ScopedAlert gone, PolicyIndex policies) {
    if (!policies.scopedPolicies.contains(gone.policy)) {
      return Ending.POLICY_GONE;
    }
    return tracker.state.devices().stream().anyMatch(each -> each.name().equals(gone.device))
        ? Ending.UNMATCHED
        : Ending.DEVICE_GONE;
  }

  /** Evaluates the policies on the host and its devices for the last window. */
  static void measure(EngineState engine, HostTracker tracker) {
    for (ScopedAlert each : tracker.scoped) {
      try {
        each.measure();
      } catch (RuntimeException e) {
        engine.failed(tracker, "evaluating policy " + each.policy.name(), e);
      }
    }
  }

  /** Whether the policy's condition is met. */
  boolean breached() {
    return detector.breached();
  }

  @Override
  List<String> devices() {
    return device == null ? List.of() : List.of(device);
  }

  /** The value of a metric now; {@link Double#NaN} when it is unknown. */
  double value(Metric metric) {
    return metric.scope() == MetricScope.HOST
        ? tracker.state.value(metric, 0)
        : device == null ? Double.NaN : tracker.state.deviceValue(metric, row);
  }

  /** Evaluates the last window; allocates nothing while the value is not over the threshold. */
  private void measure() {
    Threshold when = policy.when();
    double now = value(when.metric());
    if (idle && !(now > when.above())) {
      return;
    }
    value = Double.isNaN(now) ? value : now;
    boolean holds = ConditionCheck.of(policy.onlyIf(), this::value) == ConditionCheck.MET;
    engine.sample.set(tracker.state, now, holds);
    Detector.Change change = detector.observe(engine.sample);
    boolean over = detector.breached();
    if (over && (!(state() instanceof AlertState.Active) || state().isKept())) {
      breach();
    } else if (!over && state() instanceof AlertState.Active && !state().isKept()) {
      clear();
    } else if (state().isKept() && !Double.isNaN(now)) {
      apply(new AlertEvent.Measured(!(now > when.above()), tracker.state.windowMillis()));
    }
    apply(new AlertEvent.Refreshed());
    if (state() instanceof AlertState.Resolved) {
      reset();
    }
    idle = change == Detector.Change.QUIET && state() instanceof AlertState.Inactive;
  }

  private void breach() {
    AlertEvent breached =
        new AlertEvent.Breached(engine.newId(), engine.alerts.incident(tracker, devices()));
    if (state() instanceof AlertState.Inactive) {
      apply(new AlertEvent.AlertRestored(published(null)));
    }
    apply(breached);
  }

  private void clear() {
    if (calmMillis() == 0) {
      apply(new AlertEvent.Ended(Ending.CLEARED));
    } else {
      apply(new AlertEvent.Cleared());
    }
  }

  @Override
  @Nullable Alert published(@Nullable MessageId id) {
    return engine.alerts.restored.claim(tracker.host(), each -> each.isAbout(this), id);
  }

  @Override
  public Alert message(AlertState.Active state, Alert.State published, @Nullable Ending ending) {
    return new Alert(
        state.life().id(),
        state.life().incident(),
        published,
        policy.then().severity(),
        policy.name(),
        tracker.host(),
        null,
        null,
        state.life().since(),
        wall(),
        condition(policy.when(), value),
        new Alert.Evidence(
            null,
            KnownNumbers.rounded(value(Metric.DEVICE_UTIL)),
            KnownNumbers.rounded(value(Metric.DEVICE_AWAIT)),
            KnownNumbers.rounded(value(Metric.HOST_IO_FULL)),
            null,
            null,
            List.of()),
        null,
        summary(state, published, ending),
        null,
        null,
        null,
        null,
        device);
  }

  private String summary(AlertState.Active state, Alert.State published, @Nullable Ending ending) {
    String subject = AlertFacts.subject(device, tracker.host());
    String name = policy.name();
    return switch (published) {
      case UNKNOWN ->
          "%s: %s; unknown whether it still exceeds %s."
              .formatted(
                  subject,
                  tracker.problem.isEmpty()
                      ? "the host stopped reporting"
                      : Printable.of(tracker.problem),
                  name);
      case RESOLVED -> {
        long millis = Duration.between(state.life().since(), wall()).toMillis();
        yield "%s no longer exceeds %s after %s, %s."
            .formatted(
                subject,
                name,
                AlertFacts.duration(millis),
                (ending == null ? Ending.CLEARED : ending).sentence());
      }
      case FIRING, HANDLED ->
          state.isKept()
              ? "%s no longer exceeds %s; the alert is kept until that has lasted for %s."
                  .formatted(subject, name, AlertFacts.duration(calmMillis()))
              : "%s: %s for %s, above %s."
                  .formatted(
                      subject,
                      finding(),
                      AlertFacts.duration(detector.heldMillis()),
                      policy.when().metric().format(policy.when().above()));
    };
  }

  private String finding() {
    Metric metric = policy.when().metric();
    String number = metric.format(value);
    return switch (metric) {
      case DEVICE_AWAIT -> "I/O takes " + number;
      case DEVICE_UTIL -> "busy for " + number + " of the time";
      case DEVICE_IOPS -> "%.0f IOPS".formatted(value);
      case DEVICE_IN_FLIGHT -> number + " I/Os in flight";
      case DEVICE_LAGGARDS -> number + " guests' disks with slow I/O";
      case HOST_IO_SOME -> "PSI io some " + number;
      case HOST_IO_FULL -> "PSI io full " + number;
      default -> metric.id() + " is " + number;
    };
  }
}
