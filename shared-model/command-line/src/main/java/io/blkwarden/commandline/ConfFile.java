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
 * A service's configuration file: lines of {@code key = value}, where a key is a long option of the
 * service without its dashes. Lines that begin with {@code #} say nothing.
 *
 * @param values what stands in the file; more than one value for repeatable keys only
 * @param problems what is wrong with it, all at once, each with file, line and what was expected
 */
public record ConfFile(Map<String, List<String>> values, List<String> problems) {
  /** Longest file that is read, in bytes. */
  public static final int MAX_BYTES = 65_536;

  private static final Pattern LINE = Pattern.compile("([A-Za-z0-9_.-]+)\\s*=\\s*(.*)");

  /** What a key takes. */
  public enum Kind {
    /** One value. */
    VALUE,
    /** {@code true} or {@code false}. */
    FLAG,
    /** A value in each of several lines. */
    REPEATED
  }

  /** Copies what it is given. */
  public ConfFile {
    values = Map.copyOf(values);
    problems = List.copyOf(problems);
  }

  /**
   * Reads a file's text.
   *
   * @param name of the file, for messages
   * @param keys those that there are
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
          "%s: expected a value; for the default put # before the line".formatted(key));
    }
    if (kind == Kind.FLAG && !value.equals("true") && !value.equals("false")) {
      return Optional.of(
          "%s: expected true or false, found '%s'".formatted(key, Printable.of(value)));
    }
    List<String> before = values.computeIfAbsent(key, _ -> new ArrayList<>());
    if (kind != Kind.REPEATED && !before.isEmpty()) {
      return Optional.of("%s: expected it once, found it again".formatted(key));
    }
    before.add(value);
    return Optional.empty();
  }

  /**
   * The file as options, for a command that has some of them.
   *
   * @param wanted the keys of these options, with what they take
   * @param given the words of the command line, which go before the file
   */
  public List<String> options(Map<String, Kind> wanted, List<String> given) {
    List<String> options = new ArrayList<>();
    values.forEach((key, all) -> {
      String option = "--" + key;
      boolean there =
          given.stream().anyMatch(word -> word.equals(option) || word.startsWith(option + "="));
      Kind kind = there ? null : wanted.get(key);
      if (kind == Kind.FLAG) {
        options.addAll(Boolean.parseBoolean(all.getFirst()) ? List.of(option) : List.of());
      } else if (kind != null) {
        all.forEach(value -> options.add(option + "=" + value));
      }
    });
    return options;
  }
}
