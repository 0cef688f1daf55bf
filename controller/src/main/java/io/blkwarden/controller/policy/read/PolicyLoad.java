package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.PolicySet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What reading policy files gave: the policies of the good files, and the problems of the bad.
 *
 * @param policies what holds
 * @param problems all that is wrong, in the order of files and lines
 * @param keptFromBefore files that are bad now and hold as they were when they were good
 * @param good what each good file said, by its name, for the next reading
 */
public record PolicyLoad(
    PolicySet policies,
    List<PolicyProblem> problems,
    List<String> keptFromBefore,
    Map<String, ParsedFile> good) {
  /** Nothing read yet. */
  public static final PolicyLoad NONE =
      new PolicyLoad(PolicySet.EMPTY, List.of(), List.of(), Map.of());

  public PolicyLoad {
    problems = List.copyOf(problems);
    keptFromBefore = List.copyOf(keptFromBefore);
    good = Collections.unmodifiableMap(new LinkedHashMap<>(good));
  }
}
