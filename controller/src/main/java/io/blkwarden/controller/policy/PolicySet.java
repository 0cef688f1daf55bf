package io.blkwarden.controller.policy;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that people ruled.
 *
 * @param policies with unique names, at most {@link PolicyLimits#POLICIES_MAX}
 * @param safetyLimits bounds on acting
 * @param protect disks that are never throttled, at most {@link PolicyLimits#PROTECT_MAX} rules
 * @param labels what is said of domains
 */
public record PolicySet(
    List<Policy> policies, SafetyLimits safetyLimits, List<Match> protect, Labels labels) {
  /** No policies, the default brakes, nothing protected. */
  public static final PolicySet EMPTY = new PolicySet(List.of(), SafetyLimits.DEFAULT, List.of());

  public PolicySet {
    policies = Require.list(policies, PolicyLimits.POLICIES_MAX, "policies");
    Require.present(safetyLimits, "brakes");
    protect = Require.list(protect, PolicyLimits.PROTECT_MAX, "protect");
    Require.present(labels, "labels");
    Set<String> names = new HashSet<>();
    for (Policy policy : policies) {
      if (!names.add(policy.name())) {
        throw new IllegalArgumentException(
            "policies: expected unique names, found '%s' twice".formatted(policy.name()));
      }
    }
  }

  /** Rules without labels. */
  public PolicySet(List<Policy> policies, SafetyLimits safetyLimits, List<Match> protect) {
    this(policies, safetyLimits, protect, Labels.NONE);
  }

  /** The same rules with these labels. */
  public PolicySet with(Labels others) {
    return new PolicySet(policies, safetyLimits, protect, others);
  }

  /** Whether a match is about this disk. */
  public boolean fits(Match match, HostId host, MappedDisk disk) {
    return match.fits(host, disk, labels.of(disk));
  }

  /** Whether a rule or a label forbids to throttle this disk. */
  public boolean protects(HostId host, MappedDisk disk) {
    DomainLabels said = labels.of(disk);
    return said.isProtected() || protect.stream().anyMatch(rule -> rule.fits(host, disk, said));
  }
}
