package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.controller.policy.yaml.Section;
import java.util.List;
import java.util.Optional;

/**
 * The content of one policy file.
 *
 * @param policies with their places
 * @param brakes the safety limits; absent when the file sets none
 * @param protect disks that are never throttled
 */
public record ParsedFile(
    List<Placed<Policy>> policies, Optional<Placed<SafetyLimits>> brakes, List<Match> protect) {
  public ParsedFile {
    policies = List.copyOf(policies);
    protect = List.copyOf(protect);
  }

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
