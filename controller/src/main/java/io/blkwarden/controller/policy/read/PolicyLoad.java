package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.controller.policy.yaml.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /**
   * The content of one policy file.
   *
   * @param policies with their places
   * @param brakes the safety limits; absent when the file sets none
   * @param protect disks that are never throttled
   */
  public record ParsedFile(
      List<Placed<Policy>> policies, Optional<Placed<SafetyLimits>> brakes, List<Match> protect) {
    /**
     * A value and its place.
     *
     * @param value the value
     * @param line from 1
     * @param column from 1
     */
    public record Placed<T>(T value, int line, int column) {
      static <T> Placed<T> of(T value, Section section) {
        return new Placed<>(value, section.line(), section.column());
      }
    }
  }
}
