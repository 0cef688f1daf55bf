package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.SafetyLimits;
import java.util.List;
import java.util.Optional;

/**
 * What one policy file says.
 *
 * @param policies with the place of each
 * @param brakes if it has any
 * @param protect disks that are never throttled
 */
public record ParsedFile(
    List<Placed<Policy>> policies, Optional<Placed<SafetyLimits>> brakes, List<Match> protect) {
  public ParsedFile {
    policies = List.copyOf(policies);
    protect = List.copyOf(protect);
  }

  /**
   * A value and where it stands.
   *
   * @param value what
   * @param line from 1
   * @param column from 1
   */
  public record Placed<T>(T value, int line, int column) {}
}
