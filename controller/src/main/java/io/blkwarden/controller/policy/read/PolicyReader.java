package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicyLimits;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.controller.policy.yaml.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads policy files.
 *
 * <p>A file with a problem is invalid; the others still load. Its last valid version applies; if
 * there is none, its valid protect rules do, because they only forbid. Policy names are unique over
 * all files, and at most one file has {@code brakes}; a conflict is a problem of the later file.
 */
public final class PolicyReader {
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
      ParsedFile parsed = PolicyFileReader.read(file, problems);
      if (problems.none()) {
        joined.conflicts(file.name(), parsed, problems);
      }
      joined.problems.addAll(problems.inOrder());
      ParsedFile earlier = before.good().get(file.name());
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

  /** The content of the files so far. */
  private static final class Joined {
    private final List<Policy> policies = new ArrayList<>();
    private final List<Match> protect = new ArrayList<>();
    private final List<PolicyProblem> problems = new ArrayList<>();
    private final List<String> kept = new ArrayList<>();
    private final Map<String, ParsedFile> good = new LinkedHashMap<>();
    private final Map<String, String> fileOfName = new HashMap<>();
    private @Nullable SafetyLimits safetyLimits;
    private String fileOfBrakes = "";

    private void add(String file, ParsedFile parsed) {
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

    private boolean fits(ParsedFile parsed) {
      Problems found = new Problems("");
      conflicts("", parsed, found);
      return found.none();
    }

    private void conflicts(String file, ParsedFile parsed, Problems found) {
      Map<String, String> names = new HashMap<>(fileOfName);
      for (ParsedFile.Placed<Policy> policy : parsed.policies()) {
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
