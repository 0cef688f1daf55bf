package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicyLimits;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.controller.policy.baseline.OutlierPolicy;
import io.blkwarden.controller.policy.budget.BudgetPolicy;
import io.blkwarden.controller.policy.standing.StandingPolicy;
import io.blkwarden.controller.policy.swap.SwapPolicy;
import io.blkwarden.controller.policy.threshold.ThresholdPolicy;
import io.blkwarden.controller.policy.total.FleetPolicy;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.controller.policy.yaml.Problems;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads policy files.
 *
 * <p>A file with a problem is invalid; the others still load. Its last valid version applies; if
 * there is none, its valid protect rules do, because they only forbid. Policy names are unique over
 * all files, and at most one file has {@code brakes}; a conflict is a problem of the later file.
 */
public final class PolicyReader {
  /** All kinds of policies; among those with the same key, the ones with a marker come first. */
  private static final List<Policy.Kind> KINDS =
      List.of(
          OutlierPolicy.KIND,
          ThresholdPolicy.KIND,
          SwapPolicy.KIND,
          BudgetPolicy.KIND,
          StandingPolicy.KIND,
          FleetPolicy.KIND);

  private static final List<String> KEYS = KINDS.stream().map(Policy.Kind::key).distinct().toList();
  private static final Value<String> NAME = Value.text("a name of 1 to 100 characters", 100);
  private static final Value<Mode> MODE = Value.oneOf(Mode.values(), Mode::wire);

  private PolicyReader() {}

  /**
   * Reads all files.
   *
   * @param files in order, such as by name
   * @param before the last result, or {@link PolicyLoad#NONE}
   */
  public static PolicyLoad read(List<PolicyFile> files, PolicyLoad before) {
    Joined joined = new Joined();
    for (PolicyFile file : files) {
      Problems problems = new Problems(file.name());
      PolicyLoad.ParsedFile parsed = parse(file, problems);
      if (problems.none()) {
        joined.conflicts(file.name(), parsed, problems);
      }
      joined.problems.addAll(problems.inOrder());
      PolicyLoad.ParsedFile earlier = before.good().get(file.name());
      if (problems.none()) {
        joined.add(file.name(), parsed);
      } else if (earlier != null && joined.fits(earlier)) {
        joined.add(file.name(), earlier);
        joined.kept.add(file.name());
      } else {
        joined.protect.addAll(parsed.protect());
      }
    }
    return joined.load();
  }

  /** The valid parts of the file; the others are problems. */
  private static PolicyLoad.ParsedFile parse(PolicyFile file, Problems problems) {
    return Section.top(file, problems)
        .map(PolicyReader::parse)
        .orElseGet(() -> new PolicyLoad.ParsedFile(List.of(), Optional.empty(), List.of()));
  }

  private static PolicyLoad.ParsedFile parse(Section top) {
    List<PolicyLoad.ParsedFile.Placed<Policy>> policies =
        top.sections(
            "policies",
            in -> policy(in).map(policy -> PolicyLoad.ParsedFile.Placed.of(policy, in)));
    Optional<PolicyLoad.ParsedFile.Placed<SafetyLimits>> brakes =
        top.section("brakes").map(in -> PolicyLoad.ParsedFile.Placed.of(SafetyLimits.read(in), in));
    List<Match> protect =
        top.sections("protect", in -> Optional.of(Match.read(in)).filter(_ -> in.valid()));
    if (protect.size() > PolicyLimits.PROTECT_MAX) {
      top.problem(
          "protect",
          "expected at most %d rules, found %d"
              .formatted(PolicyLimits.PROTECT_MAX, protect.size()));
    }
    return top.closed(new PolicyLoad.ParsedFile(policies, brakes, protect));
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
    Policy.Kind kind =
        KINDS.stream()
            .filter(each -> keys.contains(each.key()) && each.matches(in))
            .findFirst()
            .orElse(ThresholdPolicy.KIND);
    Optional<? extends Policy> policy = kind.reader().read(in, name.orElse("?"), mode);
    return in.closed(name.isPresent() ? policy.map(Policy.class::cast) : Optional.empty());
  }

  /** The content of the files so far. */
  private static final class Joined {
    private final List<Policy> policies = new ArrayList<>();
    private final List<Match> protect = new ArrayList<>();
    private final List<PolicyProblem> problems = new ArrayList<>();
    private final List<String> kept = new ArrayList<>();
    private final Map<String, PolicyLoad.ParsedFile> good = new LinkedHashMap<>();
    private final Map<String, String> fileOfName = new HashMap<>();
    private @Nullable SafetyLimits safetyLimits;
    private String fileOfBrakes = "";

    private void add(String file, PolicyLoad.ParsedFile parsed) {
      parsed
          .policies()
          .forEach(policy -> {
            policies.add(policy.value());
            fileOfName.put(policy.value().name(), file);
          });
      protect.addAll(parsed.protect());
      parsed
          .brakes()
          .ifPresent(placed -> {
            safetyLimits = placed.value();
            fileOfBrakes = file;
          });
      good.put(file, parsed);
    }

    private boolean fits(PolicyLoad.ParsedFile parsed) {
      Problems found = new Problems("");
      conflicts("", parsed, found);
      return found.none();
    }

    private void conflicts(String file, PolicyLoad.ParsedFile parsed, Problems found) {
      Map<String, String> names = new HashMap<>(fileOfName);
      for (PolicyLoad.ParsedFile.Placed<Policy> policy : parsed.policies()) {
        String other = names.put(policy.value().name(), file);
        if (other != null) {
          found.at(
              policy.line(),
              policy.column(),
              "policies.name",
              "expected a unique name, found %s, which is in %s too"
                  .formatted(
                      Problems.quoted(policy.value().name()),
                      other.equals(file) ? "this file" : other));
        }
      }
      if (names.size() > PolicyLimits.POLICIES_MAX) {
        found.at(
            1, 1, "policies", "expected at most %d in all".formatted(PolicyLimits.POLICIES_MAX));
      }
      if (protect.size() + parsed.protect().size() > PolicyLimits.PROTECT_MAX) {
        found.at(1, 1, "protect", "expected at most %d in all".formatted(PolicyLimits.PROTECT_MAX));
      }
      if (safetyLimits != null) {
        parsed
            .brakes()
            .ifPresent(placed ->
                found.at(
                    placed.line(),
                    placed.column(),
                    "brakes",
                    "expected in one file only, found in %s too".formatted(fileOfBrakes)));
      }
    }

    private PolicyLoad load() {
      SafetyLimits set = safetyLimits == null ? SafetyLimits.DEFAULT : safetyLimits;
      List<Match> rules = protect.subList(0, Math.min(protect.size(), PolicyLimits.PROTECT_MAX));
      return new PolicyLoad(new PolicySet(policies, set, rules), problems, kept, good);
    }
  }
}
