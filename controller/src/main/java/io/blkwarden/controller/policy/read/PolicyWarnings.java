package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.threshold.ScopedPolicy;
import io.blkwarden.controller.policy.total.FleetPolicy;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.MappingSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Warnings about valid policies that do not do what they seem to. */
public final class PolicyWarnings {
  /** The metrics of a single disk that a limit bounds. */
  private static final Set<Metric> LIMITED =
      Set.of(Metric.IOPS, Metric.READ_IOPS, Metric.WRITE_IOPS);

  private PolicyWarnings() {}

  /** The warnings about the policies of all valid files. */
  public static List<PolicyProblem> of(PolicyLoad load) {
    List<PolicyProblem> warnings = new ArrayList<>(each(load, PolicyWarnings::mode));
    warnings.addAll(each(load, PolicyWarnings::limit));
    return warnings;
  }

  /**
   * A warning for each policy that matches nothing now.
   *
   * @param set the policies with labels
   * @param maps the maps of all hosts
   */
  public static List<PolicyProblem> unmatched(
      PolicyLoad load, PolicySet set, List<MappingSnapshot> maps) {
    return each(
        load,
        policy ->
            maps.stream().anyMatch(map -> matches(set, policy, map))
                ? Optional.empty()
                : Optional.of(
                    "matches nothing in the stored maps of %d hosts".formatted(maps.size())));
  }

  private static List<PolicyProblem> each(
      PolicyLoad load, Function<Policy, Optional<String>> warning) {
    List<PolicyProblem> warnings = new ArrayList<>();
    load.good()
        .forEach((file, parsed) ->
            parsed
                .policies()
                .forEach(placed ->
                    warning
                        .apply(placed.value())
                        .ifPresent(text ->
                            warnings.add(
                                new PolicyProblem(
                                    file,
                                    placed.line(),
                                    placed.column(),
                                    placed.value().name(),
                                    "",
                                    text)))));
    return warnings;
  }

  private static Optional<String> mode(Policy policy) {
    if (policy instanceof DiskPolicy ofDisks && ofDisks.isStanding()) {
      return policy.mode() == Mode.OBSERVE
          ? Optional.of("does nothing: 'standing' with mode observe neither throttles nor alerts")
          : Optional.empty();
    }
    boolean acts = policy.mode() == Mode.AUTO || policy.mode() == Mode.APPROVE;
    return acts && policy.then().ladder().isEmpty()
        ? Optional.of(
            "only alerts: mode %s needs a then.ladder to throttle".formatted(policy.mode().wire()))
        : Optional.empty();
  }

  private static Optional<String> limit(Policy policy) {
    if (!(policy instanceof DiskPolicy ofDisks)
        || ofDisks.isStanding()
        || !LIMITED.contains(ofDisks.when().metric())) {
      return Optional.empty();
    }
    double clearBelow = ofDisks.when().clearBelow();
    return policy.then().ladder().stream()
        .filter(step -> step instanceof Restraint.Limit(int perSecond) && perSecond < clearBelow)
        .findFirst()
        .map(step ->
            "the step '%s' itself brings %s below clear_below (%.0f): set clear_below lower"
                .formatted(step, ofDisks.when().metric().id(), clearBelow));
  }

  private static boolean matches(PolicySet set, Policy policy, MappingSnapshot map) {
    HostId host = map.origin().host();
    return switch (policy) {
      case ScopedPolicy scoped ->
          scoped.matches(host)
              && (scoped.scope() == MetricScope.HOST
                  || map.devices().stream().anyMatch(scoped::matches));
      case FleetPolicy fleet -> anyDisk(set, fleet.match(), map, host, false);
      case DiskPolicy disks -> anyDisk(set, disks.match(), map, host, disks.oncePerDomain());
      default -> true;
    };
  }

  private static boolean anyDisk(
      PolicySet set, Match match, MappingSnapshot map, HostId host, boolean swapOnly) {
    for (MappedDisk disk : map.disks()) {
      if (disk.state() != MappingState.GONE
          && (!swapOnly || disk.volume().role() == VolumeRole.SWAP)
          && set.matches(match, host, disk)) {
        return true;
      }
    }
    return false;
  }
}
