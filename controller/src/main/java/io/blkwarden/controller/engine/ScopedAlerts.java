package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.threshold.ScopedPolicy;
import io.blkwarden.model.PhysicalDevice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Evaluates the policies on devices and hosts, with one alert for each device or host. */
final class ScopedAlerts {
  private final EngineState engine;
  private final Sample sample = new Sample();

  ScopedAlerts(EngineState engine) {
    this.engine = engine;
  }

  /** Takes a new map or new policies; what still applies continues. A device is its name. */
  void match(HostTracker tracker, PolicyIndex policies) {
    List<ScopedAlert> before = tracker.scoped;
    if (before.isEmpty() && policies.ofScopes.isEmpty()) {
      return;
    }
    List<ScopedAlert> next = new ArrayList<>();
    List<PhysicalDevice> devices = tracker.state.devices();
    for (ScopedPolicy policy : policies.ofScopes) {
      if (!policy.matches(tracker.host())) {
        continue;
      }
      if (policy.scope() == MetricScope.HOST) {
        next.add(same(tracker, policy, null, 0));
        continue;
      }
      for (int row = 0; row < devices.size(); row++) {
        if (policy.matches(devices.get(row))) {
          next.add(same(tracker, policy, devices.get(row).name(), row));
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

  private ScopedAlert same(
      HostTracker tracker, ScopedPolicy policy, @Nullable String device, int row) {
    ScopedAlert same =
        tracker.scoped.stream()
            .filter(each -> each.policy.equals(policy) && each.isAbout(policy.name(), device))
            .findFirst()
            .orElseGet(() -> new ScopedAlert(engine, tracker, policy, device));
    same.row = row;
    return same;
  }

  private static Ending ending(HostTracker tracker, ScopedAlert gone, PolicyIndex policies) {
    if (!policies.ofScopes.contains(gone.policy)) {
      return Ending.POLICY_GONE;
    }
    return tracker.state.devices().stream().anyMatch(each -> each.name().equals(gone.device))
        ? Ending.UNMATCHED
        : Ending.DEVICE_GONE;
  }

  /** Takes a window of the host. */
  void measure(HostTracker tracker) {
    for (ScopedAlert each : tracker.scoped) {
      try {
        each.measure(sample);
      } catch (RuntimeException e) {
        engine.failed(tracker, "evaluating policy " + each.policy.name(), e);
      }
    }
  }
}
