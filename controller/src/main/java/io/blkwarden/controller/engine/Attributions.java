package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertFacts;
import io.blkwarden.controller.attribution.HostAttribution;
import io.blkwarden.controller.attribution.HostAttribution.Finding;
import io.blkwarden.controller.attribution.Suspect;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.policy.AttributionClause;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.model.message.Alert;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The latency attributions of a host, one for each clause that its policies use; mutable.
 *
 * <p>A host without a disk of such a policy has none and costs nothing.
 */
final class Attributions {
  /** Most disks in windows at once over the fleet: about 80 MB. */
  static final int DISKS_MAX = 100_000;

  private final Map<AttributionClause, HostAttribution> watches = new HashMap<>();
  private final Semaphore budget;

  Attributions(Semaphore budget) {
    this.budget = budget;
  }

  /** Applies a new map or new policies. */
  void match(HostTracker tracker, PolicyIndex policies) {
    Set<AttributionClause> wanted = wanted(tracker, policies);
    watches.forEach((clause, watch) -> {
      if (!wanted.contains(clause)) {
        watch.end();
      }
    });
    watches.keySet().retainAll(wanted);
    for (AttributionClause clause : wanted) {
      watches
          .computeIfAbsent(
              clause, _ -> new HostAttribution(clause.rule(), clause.windowMillis(), budget))
          .map(tracker.state);
    }
  }

  /** Releases all windows. */
  void end() {
    watches.values().forEach(HostAttribution::end);
    watches.clear();
  }

  private static Set<AttributionClause> wanted(HostTracker tracker, PolicyIndex policies) {
    Set<AttributionClause> wanted = new HashSet<>();
    if (!policies.useAttribution) {
      return wanted;
    }
    for (short[] row : tracker.matched) {
      for (short policy : row) {
        AttributionClause clause = policies.diskPolicies.get(policy).blame();
        if (clause != null) {
          wanted.add(clause);
        }
      }
    }
    return wanted;
  }

  /** Adds the host's last window. */
  void measured(HostTracker tracker) {
    if (!watches.isEmpty()) {
      watches.values().forEach(each -> each.measured(tracker.state));
    }
  }

  /** The finding for an evaluation's disk; empty when its policy has no attribution. */
  Optional<Finding> of(Evaluation evaluation) {
    HostState state = evaluation.tracker.state;
    AttributionClause clause = evaluation.policy.blame();
    HostAttribution watch = clause == null ? null : watches.get(clause);
    return watch == null || evaluation.row >= state.rows()
        ? Optional.empty()
        : Optional.of(watch.of(state, evaluation.row));
  }

  /** Why an evaluation may not act; empty when it may. */
  Optional<Finding> objection(Evaluation evaluation) {
    DiskPolicy policy = evaluation.policy;
    if (policy.blame() == null) {
      return Optional.empty();
    }
    return Optional.of(
            of(evaluation)
                .orElseGet(
                    () -> new Finding(false, "not-watched", "", "not known yet", null, null)))
        .filter(finding -> !finding.blamed());
  }

  /** The finding as part of an alert. */
  static Alert.@Nullable Blame toAlert(Finding finding) {
    Suspect suspect = finding.suspect();
    return new Alert.Blame(
        finding.verdict(),
        finding.device().isEmpty() ? null : finding.device(),
        suspect == null ? null : AlertFacts.rounded(suspect.share()),
        finding.confidence() == null ? null : AlertFacts.rounded(finding.confidence().margin()),
        suspect == null ? null : AlertFacts.rounded(suspect.coverage()),
        finding.confidence() == null ? null : AlertFacts.rounded(finding.confidence().value()));
  }

  static @Nullable Double correlation(Finding finding) {
    Suspect suspect = finding.suspect();
    return suspect == null ? null : AlertFacts.rounded(suspect.correlation());
  }
}
