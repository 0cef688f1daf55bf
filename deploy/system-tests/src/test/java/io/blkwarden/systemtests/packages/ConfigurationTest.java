package io.blkwarden.systemtests.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.cli.AgentCommand;
import io.blkwarden.commandline.ConfFile;
import io.blkwarden.commandline.ConfFile.Kind;
import io.blkwarden.controller.cli.Blkwarden;
import io.blkwarden.systemtests.monitoring.Checkout;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Code, configuration files and documentation have the same keys and defaults. */
final class ConfigurationTest {
  private static final Pattern KEY = Pattern.compile("#?([a-z-]+) = (.*)");
  private static final Pattern DEFAULT = Pattern.compile("Default: (.*?)\\.?$");
  private static final Pattern ROW = Pattern.compile("\\| `([a-z-]+)` \\| (.*?) \\| .* \\|");

  /**
   * A configured service.
   *
   * @param name of its file, package and documentation section
   * @param command that runs it
   * @param keys its keys, with their kinds
   * @param special defaults that are not declared by an option
   */
  record Service(
      String name,
      CommandLine commands,
      String command,
      Map<String, Kind> keys,
      Map<String, String> special) {
    Path file() {
      return Checkout.file("deploy/packages/%s/files/etc/blkwarden/%s.conf".formatted(name, name));
    }

    /** Defaults in code, as written in the documentation. */
    Map<String, String> coded() {
      Map<String, String> defaults = new TreeMap<>();
      CommandLine service = Objects.requireNonNull(commands.getSubcommands().get(command));
      Map<String, OptionSpec> options = service.getCommandSpec().optionsMap();
      keys.forEach((key, kind) -> {
        String coded = coded(Objects.requireNonNull(options.get("--" + key)));
        String undeclared = kind == Kind.FLAG ? "false" : special.getOrDefault(key, "none");
        defaults.put(key, coded == null ? undeclared : plain(coded));
      });
      return defaults;
    }

    /** The declared default, or the initial value of the option's field. */
    private static @Nullable String coded(OptionSpec option) {
      Object initial = option.initialValue();
      return option.defaultValue() == null
              && (initial instanceof String || initial instanceof Number)
          ? initial.toString()
          : option.defaultValue();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Service> services() {
    CommandLine agent = AgentCommand.commandLine();
    CommandLine controller = Blkwarden.described();
    return List.of(
        new Service(
            "agent",
            agent,
            "run",
            AgentCommand.CONF.keys(agent),
            Map.of("host", "the host name up to the first dot")),
        new Service(
            "controller", controller, "controller", Blkwarden.CONF.keys(controller), Map.of()));
  }

  /** Without environment variables, which take precedence over the file. */
  private static String plain(String coded) {
    String without = coded.replaceFirst("\\$\\{env:[A-Z_]+(?::-([^}]*))?}", "$1");
    return without.isEmpty() ? "none" : without;
  }

  @ParameterizedTest
  @MethodSource("services")
  void fileHasEveryKeyWithItsDefaultAndAComment(Service service) throws IOException {
    Map<String, String> found = new TreeMap<>();
    List<String> comment = new ArrayList<>();
    for (String line : Files.readAllLines(service.file())) {
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
    assertThat(found).isEqualTo(service.coded());
  }

  private static String defaultIn(List<String> comment) {
    return comment.stream()
        .map(DEFAULT::matcher)
        .filter(Matcher::find)
        .map(matcher -> matcher.group(1))
        .findFirst()
        .orElse("a default is not told");
  }

  @ParameterizedTest
  @MethodSource("services")
  void fileIsValidWithAllKeys(Service service) throws IOException {
    String text = Files.readString(service.file());
    assertThat(ConfFile.parse("file", text, service.keys()).problems()).isEmpty();
    String all = text.replaceAll("(?m)^#([a-z-]+ = )", "$1");
    ConfFile full = ConfFile.parse("file", all, service.keys());
    assertThat(full.problems()).isEmpty();
    assertThat(full.values().keySet()).isEqualTo(service.coded().keySet());
  }

  @ParameterizedTest
  @MethodSource("services")
  void documentationHasTheSameKeys(Service service) throws IOException {
    String docs = Files.readString(Checkout.file("docs/CONFIGURATION.md"));
    int begin = docs.indexOf("## The " + service.name());
    int end = docs.indexOf("\n## ", begin + 1);
    Map<String, String> told = new TreeMap<>();
    docs.substring(begin, end < 0 ? docs.length() : end)
        .lines()
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .forEach(row -> told.put(row.group(1), row.group(2).replace("`", "")));
    assertThat(told).isEqualTo(service.coded());
  }
}
