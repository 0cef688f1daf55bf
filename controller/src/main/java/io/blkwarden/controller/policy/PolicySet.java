package io.blkwarden.controller.policy;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import java.util.List;

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
    policies = List.copyOf(policies);
    protect = List.copyOf(protect);
  }

  /** Policies without labels. */
  public PolicySet(List<Policy> policies, SafetyLimits safetyLimits, List<Match> protect) {
    this(policies, safetyLimits, protect, Labels.NONE);
  }

  /** The same policies with these labels. */
  public PolicySet with(Labels others) {
    return new PolicySet(policies, safetyLimits, protect, others);
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
