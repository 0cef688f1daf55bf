package io.blkwarden.agent.mapping.verdict;

import io.blkwarden.agent.kernel.DmName;
import io.blkwarden.model.Require;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules for a volume's role: the first configured pattern that matches its name, else the
 * built-in rules ({@link RoleWords}), else {@code data}.
 *
 * <p>The name is the last part of the toolstack's path ({@code vm176_swap} of {@code
 * /dev/vg/vm176_swap}); for a device-mapper name or {@code dm-20}, the LVM logical volume's name.
 * It reflects the host administrator's intent, not the guest's use.
 *
 * @param rules configured rules, in order, at most 64
 */
public record RolePatterns(List<Rule> rules) {
  /** Only the built-in rules. */
  public static final RolePatterns DEFAULTS = new RolePatterns(List.of());

  private static final Pattern TARGET = Pattern.compile("iqn\\.[^:/,]+:([^/,:]+)");
  private static final String MAPPER = "/dev/mapper/";

  /**
   * A pattern and its role.
   *
   * @param pattern matches anywhere in the name unless anchored
   * @param role role of matching volumes
   */
  public record Rule(Pattern pattern, VolumeRole role) {}

  public RolePatterns {
    rules = Require.list(rules, 64, "roles");
  }

  /**
   * A rule from configuration.
   *
   * @throws java.util.regex.PatternSyntaxException if the expression is invalid
   */
  public static Rule rule(String expression, VolumeRole role) {
    return new Rule(Pattern.compile(expression), role);
  }

  /**
   * The role of a volume.
   *
   * @param path the toolstack's path, if any
   * @param dmName the device-mapper name, if any
   */
  public RoleVerdict of(@Nullable String path, @Nullable String dmName) {
    String name = name(path, dmName);
    return rules.stream()
        .filter(rule -> rule.pattern().matcher(name).find())
        .findFirst()
        .map(rule -> new RoleVerdict(rule.role(), cut("option: " + rule.pattern())))
        .or(() -> RoleWords.of(name))
        .orElse(RoleVerdict.NONE);
  }

  private static String cut(String text) {
    return text.length() > Volume.MAX_ROLE_BY ? text.substring(0, Volume.MAX_ROLE_BY) : text;
  }

  private static String name(@Nullable String path, @Nullable String dmName) {
    if (path == null || path.isEmpty() || path.startsWith("/dev/dm-")) {
      return dmName == null ? "" : volume(dmName);
    }
    if (path.startsWith(MAPPER)) {
      return volume(path.substring(MAPPER.length()));
    }
    Matcher target = TARGET.matcher(path);
    if (target.find()) {
      return target.group(1);
    }
    String last = path.substring(path.lastIndexOf('/') + 1);
    return last.substring(Math.max(last.lastIndexOf(':'), last.lastIndexOf('=')) + 1);
  }

  private static String volume(String dmName) {
    return DmName.parse(dmName).map(DmName::logicalVolume).orElse(dmName);
  }

  /**
   * A volume's role and its source.
   *
   * @param role the role
   * @param by {@code name: WORD}, {@code option: PATTERN} or {@code signature}; absent when no rule
   *     matched, so that the role is {@code data}
   */
  public record RoleVerdict(VolumeRole role, @Nullable String by) {
    /** The role of a volume that no rule matches. */
    public static final RoleVerdict NONE = new RoleVerdict(VolumeRole.DATA, null);
  }
}
