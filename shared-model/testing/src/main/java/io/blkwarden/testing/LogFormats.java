package io.blkwarden.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of a service's log formats; the service is a process with the shipped configuration. */
public abstract class LogFormats {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Class<?> program;
  private final String written;

  /**
   * The tests of a service.
   *
   * @param program its main class
   * @param written words that it writes to its log when no NATS server is there
   */
  protected LogFormats(Class<?> program, String written) {
    this.program = program;
    this.written = written;
  }

  /** The command that starts the service, without a NATS server. */
  protected abstract List<String> service() throws IOException;

  /** The service's log up to a line that contains a text. */
  private List<String> log(Map<String, String> environment, String until, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                program.getName()));
    command.addAll(service());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process service = builder.start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader log =
        new BufferedReader(new InputStreamReader(service.getErrorStream(), UTF_8))) {
      for (String line = log.readLine(); line != null; line = log.readLine()) {
        lines.add(line);
        if (line.contains(until)) {
          break;
        }
      }
    } finally {
      service.destroyForcibly().onExit().join();
    }
    assertThat(lines).anyMatch(line -> line.contains(until));
    return lines;
  }

  /** The tests bring a configuration of their own, which must not be found first. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes/"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void jsonIsAskedForByOptionOrEnvironment() throws IOException {
    for (List<String> lines :
        List.of(
            log(Map.of(), written, "--log-format", "json"),
            log(Map.of("BLKWARDEN_LOG_FORMAT", "json"), written))) {
      for (String line : lines) {
        JsonNode object = JSON.readTree(line);
        assertThat(object.path("timestamp").isNumber()).as(line).isTrue();
        assertThat(object.path("level").asString()).as(line).isIn("INFO", "WARN", "ERROR");
        assertThat(object.path("formattedMessage").asString()).as(line).isNotEmpty();
      }
    }
  }

  @Test
  void textIsForPeopleAndForWhatIsNotKnown() throws IOException {
    assertThat(log(Map.of("BLKWARDEN_LOG_FORMAT", "../x"), written, "--log-format=text"))
        .allMatch(line -> line.matches("\\d{4}-.*"));
    assertThat(log(Map.of(), "--log-format", "--log-format=xml").getFirst())
        .contains("--log-format", "xml");
  }
}
