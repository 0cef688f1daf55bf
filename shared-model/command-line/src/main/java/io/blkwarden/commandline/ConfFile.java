package io.blkwarden.commandline;

import io.blkwarden.model.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A configuration file: lines of {@code key = value}, where a key is a long option of the service
 * without dashes. Lines starting with {@code #} are comments.
 *
 * @param values values by key; more than one for repeatable keys only
 * @param problems all problems, each with file, line and what was expected
 */
public record ConfFile(Map<String, List<String>> values, List<String> problems) {
  /** Maximum length of the file, in bytes. */
  public static final int MAX_BYTES = 65_536;

  private static final Pattern LINE = Pattern.compile("([A-Za-z0-9_.-]+)\\s*=\\s*(.*)");

  /** The kind of value of a key. */
  public enum Kind {
    /** One value. */
    VALUE,
    /** {@code true} or {@code false}. */
    FLAG,
    /** Values on several lines. */
    REPEATED
  }

  public ConfFile {
    values = Map.copyOf(values);
    problems = List.copyOf(problems);
  }

  /**
   * Parses the text of a file.
   *
   * @param name name of the file, for messages
   * @param keys the valid keys
   */
  public static ConfFile parse(String name, String text, Map<String, Kind> keys) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().map(String::strip).toList()) {
      number++;
      if (!line.isEmpty() && !line.startsWith("#")) {
        String at = name + ":" + number + ": ";
        problem(line, keys, values).ifPresent(what -> problems.add(at + what));
      }
    }
    return new ConfFile(values, problems);
  }

  private static Optional<String> problem(
      String line, Map<String, Kind> keys, Map<String, List<String>> values) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return Optional.of("expected key = value, found '%s'".formatted(Printable.of(line)));
    }
    String key = matcher.group(1);
    String value = matcher.group(2);
    Kind kind = keys.get(key);
    if (kind == null) {
      return Optional.of(
          "unknown key '%s'; did you mean '%s'?"
              .formatted(key, Nearest.of(key, keys.keySet()).orElse("")));
    }
    if (value.isEmpty()) {
      return Optional.of(
          "%s: expected a value; to use the default, comment out the line".formatted(key));
    }
    if (kind == Kind.FLAG && !value.equals("true") && !value.equals("false")) {
      return Optional.of(
          "%s: expected true or false, found '%s'".formatted(key, Printable.of(value)));
    }
    List<String> before = values.computeIfAbsent(key, _ -> new ArrayList<>());
    if (kind != Kind.REPEATED && !before.isEmpty()) {
      return Optional.of("%s: expected once, found again".formatted(key));
    }
    before.add(value);
    return Optional.empty();
  }

  /**
   * The file as command-line options.
   *
   * @param wanted the keys to return
   * @param given the command line, which takes precedence
   */
  public List<String> options(Map<String, Kind> wanted, List<String> given) {
    List<String> options = new ArrayList<>();
    values.forEach((key, all) -> {
      String option = "--" + key;
      boolean overridden =
          given.stream().anyMatch(arg -> arg.equals(option) || arg.startsWith(option + "="));
      Kind kind = overridden ? null : wanted.get(key);
      if (kind == Kind.FLAG) {
        options.addAll(Boolean.parseBoolean(all.getFirst()) ? List.of(option) : List.of());
      } else if (kind != null) {
        all.forEach(value -> options.add(option + "=" + value));
      }
    });
    return options;
  }
}
