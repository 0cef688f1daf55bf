package io.blkwarden.systemtests.commands;

import io.blkwarden.systemtests.monitoring.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The content of docs/CLI.md: a section per command, with its arguments and a JSON example. */
final class Reference {
  /** The section of common options. */
  private static final String SHARED = "NATS options";

  private static final Pattern HEADING = Pattern.compile("(?m)^##+ (.+)$");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)`(?:, `([^`]+)`)? \\|");
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```json\\n(.*?)```");

  private final Map<String, String> sections = new LinkedHashMap<>();

  Reference() {
    try {
      String text = Files.readString(Checkout.file("docs/CLI.md"));
      Matcher heading = HEADING.matcher(text);
      while (heading.find()) {
        Matcher next = HEADING.matcher(text);
        int end = next.find(heading.end()) ? next.start() : text.length();
        sections.put(heading.group(1), text.substring(heading.end(), end));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Documented commands, such as {@code blkwarden silence add}. */
  Set<String> commands() {
    Set<String> commands = new TreeSet<>();
    for (String heading : sections.keySet()) {
      if (heading.startsWith("`blkwarden")) {
        commands.add(heading.replace("`", ""));
      }
    }
    return commands;
  }

  /** Its arguments, by option name or label. */
  Set<String> arguments(String command) {
    String section = section(command);
    Set<String> arguments = rows(section);
    if (section.contains("#nats-options")) {
      arguments.addAll(natsOptions());
    }
    return arguments;
  }

  Set<String> natsOptions() {
    return rows(Objects.requireNonNull(sections.get(SHARED)));
  }

  private String section(String command) {
    return Objects.requireNonNull(sections.get("`" + command + "`"), "no section for " + command);
  }

  private static Set<String> rows(String section) {
    Set<String> names = new TreeSet<>();
    Matcher row = ROW.matcher(section);
    while (row.find()) {
      names.add(row.group(1).replace("\\|", "|"));
      if (row.group(2) != null) {
        names.add(row.group(2));
      }
    }
    return names;
  }

  /** The example of a section, if it has one. */
  Optional<JsonNode> example(String heading) {
    String section = heading.startsWith("blkwarden") ? section(heading) : sections.get(heading);
    Matcher example = EXAMPLE.matcher(Objects.requireNonNull(section, heading));
    return example.find() ? Optional.of(Printed.read(example.group(1))) : Optional.empty();
  }
}
