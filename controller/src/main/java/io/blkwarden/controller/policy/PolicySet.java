package io.blkwarden.controller.policy;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The policies and rules of all policy files.
 *
 * @param policies with unique names, at most {@link PolicyLimits#POLICIES_MAX}
 * @param safetyLimits limits on all throttles together
 * @param protect disks that are never throttled, at most {@link PolicyLimits#PROTECT_MAX} rules
 * @param labels labels of domains
 */
public record PolicySet(
    List<Policy> policies, SafetyLimits safetyLimits, List<Match> protect, Labels labels) {
  /** No policies, the default safety limits, nothing protected. */
  public static final PolicySet EMPTY = new PolicySet(List.of(), SafetyLimits.DEFAULT, List.of());

  public PolicySet {
    policies = Require.list(policies, PolicyLimits.POLICIES_MAX, "policies");
    protect = Require.list(protect, PolicyLimits.PROTECT_MAX, "protect");
    Set<String> names = new HashSet<>();
    for (Policy policy : policies) {
      if (!names.add(policy.name())) {
        throw new IllegalArgumentException(
            "policies: expected unique names, found '%s' twice".formatted(policy.name()));
      }
    }
  }

  /** Policies without labels. */
  public PolicySet(List<Policy> policies, SafetyLimits safetyLimits, List<Match> protect) {
    this(policies, safetyLimits, protect, Labels.NONE);
  }

  /** The same policies with these labels. */
  public PolicySet with(Labels others) {
    return new PolicySet(policies, safetyLimits, protect, others);
  }

  /** What is valid, but probably not intended, one sentence for each policy concerned. */
  public List<String> warnings() {
    return policies.stream().flatMap(policy -> warning(policy).stream()).toList();
  }

  private static Optional<String> warning(Policy policy) {
    boolean acts = policy.mode() == Mode.AUTO || policy.mode() == Mode.APPROVE;
    String warning = "";
    if (acts && policy.then().ladder().isEmpty()) {
      warning = "policy %s: mode %s without then.ladder: it alerts only, and never throttles";
    } else if (policy.mode() == Mode.OBSERVE
        && policy instanceof DiskPolicy disk
        && disk.isStanding()) {
      warning = "policy %s: a standing policy in mode %s has no effect: it raises no alerts";
    }
    return warning.isEmpty()
        ? Optional.empty()
        : Optional.of(warning.formatted(policy.name(), policy.mode().wire()));
  }

  /** Whether the disk matches. */
  public boolean matches(Match match, HostId host, MappedDisk disk) {
    return match.matches(host, disk, labels.of(disk));
  }

  /** Whether a protect rule or a label forbids throttling the disk. */
  public boolean protects(HostId host, MappedDisk disk) {
    DomainLabels domain = labels.of(disk);
    return domain.isProtected()
        || protect.stream().anyMatch(rule -> rule.matches(host, disk, domain));
  }
}
