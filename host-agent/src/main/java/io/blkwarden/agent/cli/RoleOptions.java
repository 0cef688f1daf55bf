package io.blkwarden.agent.cli;

import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.model.VolumeRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
    List<RolePatterns.Rule> all =
        rules.stream().flatMap(rule -> parse(rule, problems).stream()).toList();
    return HostOptions.valid("--role", problems, () -> new RolePatterns(all))
        .orElse(RolePatterns.DEFAULTS);
  }

  private static Optional<RolePatterns.Rule> parse(String rule, List<String> problems) {
    String[] parts = rule.split("=", 2);
    try {
      VolumeRole role = VolumeRole.valueOf(parts[0].toUpperCase(Locale.ROOT));
      if (parts.length == 2 && !parts[1].isEmpty()) {
        return Optional.of(RolePatterns.rule(parts[1], role));
      }
    } catch (PatternSyntaxException e) {
      problems.add(
          "--role: expected a regular expression after '=', found '%s': %s"
              .formatted(rule, e.getDescription()));
      return Optional.empty();
    } catch (IllegalArgumentException _) {
      // no such role
    }
    problems.add(
        "--role: expected root=PATTERN, swap=PATTERN or data=PATTERN, found '%s'".formatted(rule));
    return Optional.empty();
  }
}
