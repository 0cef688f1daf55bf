package io.blkwarden.packages.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.cli.Blkwarden;
import io.blkwarden.controller.cli.ControllerConf;
import io.blkwarden.model.ConfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Code, configuration file and docs name the same keys with the same defaults. */
final class ConfigurationTest {
  private static final Path FILE = Path.of("files/etc/blkwarden/controller.conf");
  private static final Path DOCS = Path.of("../../../docs/CONFIGURATION.md");
  private static final Pattern KEY = Pattern.compile("#?([a-z-]+) = (.*)");
  private static final Pattern DEFAULT = Pattern.compile("Default: (.*?)\\.?$");
  private static final Pattern ROW = Pattern.compile("\\| `([a-z-]+)` \\| (.*?) \\| .* \\|");

  private static final CommandLine COMMANDS = Blkwarden.described();

  /** Defaults in code, as people write them. */
  private static Map<String, String> coded() {
    Map<String, String> defaults = new TreeMap<>();
    CommandLine service = Objects.requireNonNull(COMMANDS.getSubcommands().get("controller"));
    Map<String, OptionSpec> options = service.getCommandSpec().optionsMap();
    ControllerConf.keys(COMMANDS)
        .forEach((key, kind) -> {
          String coded = Objects.requireNonNull(options.get("--" + key)).defaultValue();
          boolean flag = kind == ConfFile.Kind.FLAG;
          defaults.put(key, coded == null ? (flag ? "false" : special(key)) : plain(coded));
        });
    return defaults;
  }

  /** Without the environment, which goes before the file. */
  private static String plain(String coded) {
    return coded.replaceFirst("\\$\\{env:[A-Z_]+(?::-([^}]*))?}", "$1").isEmpty()
        ? "none"
        : coded.replaceFirst("\\$\\{env:[A-Z_]+(?::-([^}]*))?}", "$1");
  }

  private static String special(String key) {
    return switch (key) {
      case "nats" -> "nats://127.0.0.1:4222";
      default -> "none";
    };
  }

  @Test
  void theFileHasEveryKeyWithItsDefaultAndAComment() throws IOException {
    Map<String, String> found = new TreeMap<>();
    List<String> comment = new ArrayList<>();
    for (String line : Files.readAllLines(FILE)) {
      Matcher key = KEY.matcher(line);
      if (key.matches()) {
        assertThat(comment).as("a comment before %s", key.group(1)).isNotEmpty();
        found.put(key.group(1), defaultIn(comment));
      } else if (line.startsWith("# ")) {
        comment.add(line);
      } else {
        comment.clear();
      }
    }
    assertThat(found).isEqualTo(coded());
  }

  private static String defaultIn(List<String> comment) {
    return comment.stream()
        .map(DEFAULT::matcher)
        .filter(Matcher::find)
        .map(matcher -> matcher.group(1))
        .findFirst()
        .orElse("a default is not told");
  }

  @Test
  void theFileIsReadWithoutAProblemAlsoWithEveryKeyInIt() throws IOException {
    String text = Files.readString(FILE);
    assertThat(ConfFile.parse("controller.conf", text, ControllerConf.keys(COMMANDS)).problems())
        .isEmpty();
    String all = text.replaceAll("(?m)^#([a-z-]+ = )", "$1");
    ConfFile full = ConfFile.parse("controller.conf", all, ControllerConf.keys(COMMANDS));
    assertThat(full.problems()).isEmpty();
    assertThat(full.values().keySet()).isEqualTo(coded().keySet());
  }

  @Test
  void theDocsHaveTheSameTable() throws IOException {
    String docs = Files.readString(DOCS);
    int begin = docs.indexOf("## The controller");
    int end = docs.indexOf("\n## ", begin + 1);
    Map<String, String> told = new TreeMap<>();
    docs.substring(begin, end < 0 ? docs.length() : end)
        .lines()
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .forEach(row -> told.put(row.group(1), row.group(2).replace("`", "")));
    assertThat(told).isEqualTo(coded());
  }
}
