package io.blkwarden.agent.mapping.verdict;

import io.blkwarden.agent.probe.DmName;
import io.blkwarden.model.Require;
import io.blkwarden.model.VolumeRole;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells a volume's role by its name: the first pattern that is found decides, else it is {@code
 * data}.
 *
 * <p>A pattern is looked for in the last part of the toolstack's path ({@code vm176_swap} of {@code
 * /dev/vg/vm176_swap}); where that is a device-mapper name or a bare {@code dm-20}, in the name of
 * the volume of LVM. The name says what the host's owner meant, not what the guest does with the
 * disk.
 *
 * @param rules in order, at most 64
 */
public record RolePatterns(List<Rule> rules) {
  /** SolusVM's names first, then endings that others use. */
  public static final RolePatterns DEFAULTS =
      new RolePatterns(
          List.of(
              rule("^vm\\d+_img$", VolumeRole.ROOT),
              rule("^vm\\d+_swap$", VolumeRole.SWAP),
              rule("(?i)(^|[-_.])swap\\d*$", VolumeRole.SWAP),
              rule("(?i)(^|[-_.])(img|root|rootfs|disk|system|boot)$", VolumeRole.ROOT)));

  private static final String MAPPER = "/dev/mapper/";

  /**
   * One pattern and what it means.
   *
   * @param pattern looked for anywhere in the name: anchor it
   * @param role what a volume is whose name has it
   */
  public record Rule(Pattern pattern, VolumeRole role) {
    public Rule {
      Require.present(pattern, "role.pattern");
      Require.present(role, "role.role");
    }
  }

  public RolePatterns {
    rules = Require.list(rules, 64, "roles");
  }

  /**
   * A rule from configuration.
   *
   * @throws java.util.regex.PatternSyntaxException if the expression is none
   */
  public static Rule rule(String expression, VolumeRole role) {
    return new Rule(Pattern.compile(expression), role);
  }

  /**
   * The role of a volume.
   *
   * @param path the toolstack's path, if there is one
   * @param dmName the device-mapper name, if it is such a device
   */
  public VolumeRole of(@Nullable String path, @Nullable String dmName) {
    String name = name(path, dmName);
    return rules.stream()
        .filter(rule -> rule.pattern().matcher(name).find())
        .findFirst()
        .map(Rule::role)
        .orElse(VolumeRole.DATA);
  }

  private static String name(@Nullable String path, @Nullable String dmName) {
    if (path == null || path.isEmpty() || path.startsWith("/dev/dm-")) {
      return dmName == null ? "" : volume(dmName);
    }
    return path.startsWith(MAPPER)
        ? volume(path.substring(MAPPER.length()))
        : path.substring(path.lastIndexOf('/') + 1);
  }

  private static String volume(String dmName) {
    return DmName.parse(dmName).map(DmName::logicalVolume).orElse(dmName);
  }
}
