package io.blkwarden.controller.step;

import io.blkwarden.controller.blame.Budget;
import io.blkwarden.controller.blame.PainWatch;
import io.blkwarden.controller.blame.PainWatch.Finding;
import io.blkwarden.controller.blame.Suspect;
import io.blkwarden.controller.policy.BlameClause;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.model.message.Alert;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks who is to blame on a host, for those policies that want to know; mutable.
 *
 * <p>A host with no disk of such a policy has no watch and costs nothing.
 */
final class Blaming {
  /** Most disks in windows at once over the fleet: about 80 MB. */
  static final int DISKS_MAX = 100_000;

  private final Map<BlameClause, PainWatch> watches = new HashMap<>();

  /** Takes a new map or new policies. */
  void match(HostWatch watch, Rules rules, Budget budget) {
    Set<BlameClause> wanted = wanted(watch, rules);
    watches
        .entrySet()
        .removeIf(each -> {
          boolean over = !wanted.contains(each.getKey());
          if (over) {
            each.getValue().end();
          }
          return over;
        });
    for (BlameClause clause : wanted) {
      watches
          .computeIfAbsent(clause, _ -> new PainWatch(clause.rule(), clause.windowMillis(), budget))
          .map(watch.state);
    }
  }

  /** Gives all windows back. */
  void end() {
    watches.values().forEach(PainWatch::end);
    watches.clear();
  }

  private static Set<BlameClause> wanted(HostWatch watch, Rules rules) {
    Set<BlameClause> wanted = new HashSet<>();
    if (!rules.blames) {
      return wanted;
    }
    for (short[] row : watch.matched) {
      for (short policy : row) {
        BlameClause clause = rules.ofDisks.get(policy).blame();
        if (clause != null) {
          wanted.add(clause);
        }
      }
    }
    return wanted;
  }

  /** Takes the host's last window. */
  void measured(HostWatch watch) {
    if (!watches.isEmpty()) {
      watches.values().forEach(each -> each.measured(watch.state));
    }
  }

  /** What is known of a case's disk; empty when its policy does not ask. */
  Optional<Finding> of(HostWatch watch, Case about) {
    BlameClause clause = about.policy.blame();
    PainWatch pain = clause == null ? null : watches.get(clause);
    return pain == null || about.row >= watch.state.rows()
        ? Optional.empty()
        : Optional.of(pain.of(watch.state, about.row));
  }

  /** Why a case may not act; empty when it may. */
  Optional<Finding> objection(HostWatch watch, Case about) {
    DiskPolicy policy = about.policy;
    if (policy.blame() == null) {
      return Optional.empty();
    }
    return Optional.of(
            of(watch, about)
                .orElseGet(
                    () -> new Finding(false, "not-watched", "", "it is not known yet", null, null)))
        .filter(finding -> !finding.blamed());
  }

  /** The finding as alerts carry it. */
  static Alert.@Nullable Blame told(Finding finding) {
    Suspect suspect = finding.suspect();
    return new Alert.Blame(
        finding.verdict(),
        finding.device().isEmpty() ? null : finding.device(),
        suspect == null ? null : rounded(suspect.share()),
        finding.confidence() == null ? null : rounded(finding.confidence().margin()),
        suspect == null ? null : rounded(suspect.coverage()),
        finding.confidence() == null ? null : rounded(finding.confidence().value()));
  }

  static @Nullable Double correlation(Finding finding) {
    Suspect suspect = finding.suspect();
    return suspect == null ? null : rounded(suspect.correlation());
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }
}
