package io.blkwarden.controller.policy.threshold;

import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.policy.Condition;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Glob;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import io.blkwarden.model.HostId;
import io.blkwarden.model.PhysicalDevice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy on a metric of physical devices or hosts, with one alert for each; it only alerts.
 *
 * @param name unique, 1 to 100 characters
 * @param scope {@code device} or {@code host}
 * @param mode has no effect: nothing is throttled
 * @param match which hosts, and which classes of devices
 * @param when the threshold
 * @param onlyIf a further condition; absent when there is none
 * @param then severity and life of the alert
 */
public record ScopedPolicy(
    String name,
    MetricScope scope,
    Mode mode,
    Match match,
    Threshold when,
    @Nullable Condition onlyIf,
    Response then)
    implements Policy {
  /** The scopes of a threshold policy. */
  static final Value<MetricScope> SCOPE =
      Value.oneOf(
          Map.of("disk", MetricScope.DISK, "device", MetricScope.DEVICE, "host", MetricScope.HOST));

  /** Reads what a scope allows of a threshold policy. */
  static Optional<ScopedPolicy> read(Section policy, MetricScope scope, DiskPolicy.Rule rule) {
    boolean device = scope == MetricScope.DEVICE;
    String key = device ? "device" : "host";
    if (policy.has("blame")) {
      policy.invalid(
          "blame", "expected none: a policy with 'scope: %s' only alerts".formatted(key));
    }
    if (!rule.then().ladder().isEmpty()) {
      policy.problem(
          "then.ladder", "expected none: a policy with 'scope: %s' only alerts".formatted(key));
    }
    Match match = rule.match();
    List<DeviceClass> devices = device ? match.devices() : List.of();
    Glob any = Glob.ANY;
    if (!match.equals(new Match(List.of(), any, match.host(), any, any, any, Map.of(), devices))) {
      policy.invalid(
          "match",
          "expected only %s with 'scope: %s'"
              .formatted(device ? "'host' and 'device'" : "'host'", key));
    }
    Condition onlyIf = rule.onlyIf();
    if (onlyIf != null
        && !onlyIf.terms().stream().allMatch(term -> known(scope, term.metric().scope()))) {
      policy.invalid(
          "only_if",
          "expected only %s with 'scope: %s'"
              .formatted(device ? "metrics of devices and hosts" : "metrics of hosts", key));
    }
    return policy
        .section(ThresholdPolicy.KIND.key())
        .flatMap(in -> {
          Optional<Threshold> when = ThresholdPolicy.when(in);
          if (when.isPresent() && when.get().metric().scope() != scope) {
            in.unexpected("metric", "one of %s, because of 'scope: %s'".formatted(key + ".*", key));
            return Optional.empty();
          }
          return when;
        })
        .map(when ->
            new ScopedPolicy(rule.name(), scope, rule.mode(), match, when, onlyIf, rule.then()));
  }

  private static boolean known(MetricScope scope, MetricScope term) {
    return term == MetricScope.HOST || term == scope;
  }

  /** Whether it is about the host. */
  public boolean matches(HostId host) {
    return match.host().matches(host.value());
  }

  /** Whether it is about the device of a host that matches. */
  public boolean matches(PhysicalDevice device) {
    return match.devices().isEmpty() || match.devices().contains(DeviceClass.of(List.of(device)));
  }

  /** A new detector for one device or host. */
  public Detector detector() {
    return ThresholdPolicy.of(when);
  }
}
