package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of reading policy files: the policies that apply, and all problems.
 *
 * @param policies what applies
 * @param problems in the order of files and lines
 * @param keptFromBefore invalid files whose last valid version applies
 * @param good content of each valid file by name, for the next reading
 */
public record PolicyLoad(
    PolicySet policies,
    List<PolicyProblem> problems,
    List<String> keptFromBefore,
    Map<String, ParsedFile> good) {
  /** Before the first reading. */
  public static final PolicyLoad NONE =
      new PolicyLoad(PolicySet.EMPTY, List.of(), List.of(), Map.of());

  public PolicyLoad {
    problems = List.copyOf(problems);
    keptFromBefore = List.copyOf(keptFromBefore);
    good = Collections.unmodifiableMap(new LinkedHashMap<>(good));
  }
}
