package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicyKind;
import io.blkwarden.controller.policy.PolicyLimits;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.controller.policy.baseline.OutlierPolicy;
import io.blkwarden.controller.policy.budget.BudgetPolicy;
import io.blkwarden.controller.policy.standing.StandingPolicy;
import io.blkwarden.controller.policy.swap.SwapPolicy;
import io.blkwarden.controller.policy.threshold.ThresholdPolicy;
import io.blkwarden.controller.policy.total.FleetPolicy;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.Problems;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads one policy file, with all kinds of policies. */
final class PolicyFileReader {
  /** All kinds of policies; among those with the same key, the ones with a marker come first. */
  private static final List<PolicyKind> KINDS =
      List.of(
          OutlierPolicy.KIND,
          ThresholdPolicy.KIND,
          SwapPolicy.KIND,
          BudgetPolicy.KIND,
          StandingPolicy.KIND,
          FleetPolicy.KIND);

  private static final List<String> KEYS = KINDS.stream().map(PolicyKind::key).distinct().toList();
  private static final Value<String> NAME = Value.text("a name of 1 to 100 characters", 100);
  private static final Value<Mode> MODE = Value.oneOf(Mode.values(), Mode::wire);

  private PolicyFileReader() {}

  /** The valid parts of the file; the others are problems. */
  static ParsedFile read(PolicyFile file, Problems problems) {
    return Section.top(file, problems)
        .map(PolicyFileReader::read)
        .orElseGet(() -> new ParsedFile(List.of(), Optional.empty(), List.of()));
  }

  private static ParsedFile read(Section top) {
    List<ParsedFile.Placed<Policy>> policies =
        top.sections("policies", in -> policy(in).map(policy -> ParsedFile.Placed.of(policy, in)));
    Optional<ParsedFile.Placed<SafetyLimits>> brakes =
        top.section("brakes").map(in -> ParsedFile.Placed.of(SafetyLimits.read(in), in));
    List<Match> protect =
        top.sections("protect", in -> Optional.of(Match.read(in)).filter(_ -> in.valid()));
    if (protect.size() > PolicyLimits.PROTECT_MAX) {
      top.problem(
          "protect",
          "expected at most %d rules, found %d"
              .formatted(PolicyLimits.PROTECT_MAX, protect.size()));
    }
    return top.closed(new ParsedFile(policies, brakes, protect));
  }

  private static Optional<Policy> policy(Section in) {
    Optional<String> name = in.need("name", NAME);
    return in.about(name.orElse(""), () -> policy(in, name));
  }

  private static Optional<Policy> policy(Section in, Optional<String> name) {
    Mode mode = in.get("mode", MODE, Mode.SHADOW);
    List<String> keys = KEYS.stream().filter(in::has).toList();
    KEYS.forEach(in::known);
    if (keys.size() > 1) {
      in.problem(
          keys.get(1),
          "expected one of %s, found %s"
              .formatted(
                  KEYS.stream().map(key -> "'" + key + "'").collect(Collectors.joining(", ")),
                  String.join(" and ", keys)));
      return Optional.empty();
    }
    PolicyKind kind =
        KINDS.stream()
            .filter(each -> keys.contains(each.key()) && each.matches(in))
            .findFirst()
            .orElse(ThresholdPolicy.KIND);
    Optional<? extends Policy> policy = kind.reader().read(in, name.orElse("?"), mode);
    return in.closed(name.isPresent() ? policy.map(Policy.class::cast) : Optional.empty());
  }
}
