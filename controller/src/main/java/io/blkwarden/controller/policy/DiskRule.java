package io.blkwarden.controller.policy;

import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.model.Require;
import org.jspecify.annotations.Nullable;

/**
 * The keys that policies about disks share.
 *
 * @param name unique, 1 to 100 characters
 * @param mode how far the policy may go
 * @param match which disks
 * @param onlyIf a further condition; absent when there is none
 * @param blame restricts it to disks that cause others' latency; absent when it does not
 * @param then what to do
 */
public record DiskRule(
    String name,
    Mode mode,
    Match match,
    @Nullable Condition onlyIf,
    @Nullable AttributionClause blame,
    Response then) {
  public DiskRule {
    Require.text(name, 100, "name");
  }

  /** Reads {@code match}, {@code only_if}, {@code blame} and {@code then} of a policy. */
  public static DiskRule read(Section policy, String name, Mode mode) {
    return new DiskRule(
        name,
        mode,
        Match.of(policy),
        policy.section("only_if").flatMap(Condition::read).orElse(null),
        policy.section("blame").map(AttributionClause::read).orElse(null),
        Response.of(policy));
  }
}
