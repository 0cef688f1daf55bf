package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.policy.Condition;
import io.blkwarden.model.PhysicalDevice;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The result of a policy's {@code only_if} for a disk. */
enum ConditionCheck {
  MET,
  NOT_MET,
  /** It depends on an unknown value, which raises no alert. */
  UNKNOWN;

  static ConditionCheck of(@Nullable Condition condition, ToDoubleFunction<Metric> values) {
    if (condition == null) {
      return MET;
    }
    boolean all = condition.combine() == Condition.Combine.ALL;
    boolean unknown = false;
    for (Condition.Term term : condition.terms()) {
      double value = values.applyAsDouble(term.metric());
      if (Double.isNaN(value)) {
        unknown = true;
      } else if (value > term.above() != all) {
        return all ? NOT_MET : MET;
      }
    }
    return unknown ? UNKNOWN : all ? MET : NOT_MET;
  }

  /** The unknown values of a condition, such as {@code utilisation of nvme0n1 (device.util)}. */
  static String unknowns(Condition condition, HostState state, int row) {
    return condition.terms().stream()
        .map(Condition.Term::metric)
        .filter(metric -> Double.isNaN(state.value(metric, row)))
        .map(metric -> name(metric, state, row))
        .collect(Collectors.joining(", "));
  }

  private static String name(Metric metric, HostState state, int row) {
    if (metric.scope() != MetricScope.DEVICE) {
      return metric.id();
    }
    String devices =
        state.disk(row).physical().stream()
            .map(PhysicalDevice::name)
            .collect(Collectors.joining(", "));
    if (devices.isEmpty()) {
      return metric.id();
    }
    return metric == Metric.DEVICE_UTIL
        ? "utilisation of %s (%s)".formatted(devices, metric.id())
        : "%s of %s".formatted(metric.id(), devices);
  }
}
