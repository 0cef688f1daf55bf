package io.blkwarden.controller.policy;

import io.blkwarden.controller.policy.yaml.Section;
import org.jspecify.annotations.Nullable;

/**
 * The keys that policies about disks share.
 *
 * @param match which disks
 * @param onlyIf a further condition; absent when there is none
 * @param blame restricts it to disks that cause others' latency; absent when it does not
 * @param then what to do
 */
public record DiskRule(
    Match match, @Nullable Condition onlyIf, @Nullable AttributionClause blame, Response then) {
  /** Reads {@code match}, {@code only_if}, {@code blame} and {@code then} of a policy. */
  public static DiskRule read(Section policy) {
    return new DiskRule(
        match(policy),
        policy.section("only_if").flatMap(Condition::read).orElse(null),
        policy.section("blame").map(AttributionClause::read).orElse(null),
        Response.of(policy));
  }

  /** Reads {@code match} of a policy. */
  public static Match match(Section policy) {
    return policy.section("match").map(Match::read).orElse(Match.ANY);
  }
}
