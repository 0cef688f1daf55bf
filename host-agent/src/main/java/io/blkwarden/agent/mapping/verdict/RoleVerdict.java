package io.blkwarden.agent.mapping.verdict;

import io.blkwarden.model.VolumeRole;
import org.jspecify.annotations.Nullable;

/**
 * A volume's role, and what told it.
 *
 * @param role the role
 * @param by {@code name: WORD}, {@code option: PATTERN} or {@code signature}; absent when nothing
 *     told a role, which makes it {@code data}
 */
public record RoleVerdict(VolumeRole role, @Nullable String by) {
  /** The role of a volume of which nothing tells a role. */
  public static final RoleVerdict NONE = new RoleVerdict(VolumeRole.DATA, null);
}
