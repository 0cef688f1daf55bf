package io.blkwarden.agent.cli;

import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.model.VolumeRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Option;

/** The option {@code --role}: patterns of volume names, before the built-in ones. */
final class RoleOptions {
  @Option(
      names = "--role",
      paramLabel = "ROLE=PATTERN",
      description = {
        "Set the role (root, swap or data) of volumes whose name contains a match of the regular"
            + " expression. Repeatable; the first match wins, before the built-in patterns."
      })
  private List<String> rules = new ArrayList<>();

  /** These patterns and the built-in ones; problems are added to the list. */
  RolePatterns patterns(List<String> problems) {
    List<RolePatterns.Rule> all = new ArrayList<>();
    for (String rule : rules) {
      int equals = rule.indexOf('=');
      try {
        VolumeRole role =
            VolumeRole.valueOf(rule.substring(0, Math.max(0, equals)).toUpperCase(Locale.ROOT));
        String pattern = rule.substring(equals + 1);
        if (pattern.isEmpty()) {
          throw new IllegalArgumentException("no pattern");
        }
        all.add(RolePatterns.rule(pattern, role));
      } catch (PatternSyntaxException e) {
        problems.add(
            "--role: expected a regular expression after '=', found '%s': %s"
                .formatted(rule, e.getDescription()));
      } catch (IllegalArgumentException _) {
        problems.add(
            "--role: expected root=PATTERN, swap=PATTERN or data=PATTERN, found '%s'"
                .formatted(rule));
      }
    }
    try {
      return new RolePatterns(all);
    } catch (IllegalArgumentException e) {
      problems.add("--role: " + e.getMessage());
      return RolePatterns.DEFAULTS;
    }
  }
}
