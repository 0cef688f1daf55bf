package io.blkwarden.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.commandline.ConfFile.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

final class ServiceConfTest {
  private static final ServiceConf CONF =
      new ServiceConf("SERVICE_CONF", "serve", Set.of("--at"), (_, _) -> true);

  @TempDir Path folder;

  @Command(name = "program", subcommands = Serve.class)
  static final class Program {
    @Option(names = "--nats")
    String nats = "";
  }

  @Command(name = "serve", mixinStandardHelpOptions = true)
  static final class Serve {
    @Option(names = {"-n", "--nats"})
    String nats = "";

    @Option(names = "--quiet")
    boolean quiet;

    @Option(names = "--role")
    List<String> roles = List.of();

    @Option(names = "--at")
    String at = "";
  }

  private final CommandLine program = new CommandLine(new Program());

  private Map<String, String> file(String text) throws IOException {
    Path file = folder.resolve("service.conf");
    Files.writeString(file, text);
    return Map.of("SERVICE_CONF", file.toString());
  }

  private String[] with(Map<String, String> environment, String... words)
      throws ServiceConf.InvalidConfigException {
    return CONF.with(program, words, environment);
  }

  @Test
  void keysAreOptionsOfTheService() {
    assertThat(CONF.keys(program))
        .isEqualTo(Map.of("nats", Kind.VALUE, "quiet", Kind.FLAG, "role", Kind.REPEATED));
  }

  @Test
  void commandLineTakesPrecedenceOverTheFile() throws Exception {
    Map<String, String> file = file("nats = a\nquiet = true\nrole = x\nrole = y\n");
    assertThat(with(file, "serve", "--nats", "b"))
        .startsWith("serve")
        .endsWith("--nats", "b")
        .containsExactlyInAnyOrder("serve", "--quiet", "--role=x", "--role=y", "--nats", "b");
    assertThat(with(Map.of(), "serve")).containsExactly("serve");
  }

  @Test
  void environmentTakesPrecedenceOverTheFile() throws Exception {
    Map<String, String> file = file("nats = a\n");
    String named = file.get("SERVICE_CONF");
    assertThat(with(Map.of("SERVICE_CONF", named, "NATS_URL", "b"), "serve"))
        .containsExactly("serve");
    assertThat(with(Map.of("SERVICE_CONF", named, "NATS_URL", ""), "serve"))
        .containsExactly("serve", "--nats=a");
  }

  @Test
  void commandTakesItsAllowedOptions() throws Exception {
    Map<String, String> file = file("nats = a\nquiet = true\n");
    assertThat(with(file)).containsExactly("--nats=a");
    ServiceConf quiet =
        new ServiceConf("SERVICE_CONF", "serve", Set.of(), (_, key) -> key.equals("quiet"));
    assertThat(quiet.with(program, new String[] {"serve"}, file))
        .containsExactly("serve", "--quiet");
    assertThat(quiet.with(program, new String[] {}, file)).as("takes no key").isEmpty();
  }

  @Test
  void reportsAllProblemsOfAFile() throws Exception {
    Map<String, String> wrong = file("natss = a\nquiet = on\nat = now\n");
    assertThatThrownBy(() -> with(wrong, "serve"))
        .isInstanceOfSatisfying(
            ServiceConf.InvalidConfigException.class,
            invalid ->
                assertThat(invalid.problems())
                    .hasSize(3)
                    .anyMatch(problem -> problem.contains("1: unknown key 'natss'; did you mean"))
                    .anyMatch(problem -> problem.contains("2: quiet: expected true or false"))
                    .anyMatch(problem -> problem.contains("3: unknown key 'at'")));
    assertThatThrownBy(() -> with(Map.of("SERVICE_CONF", folder + "/gone"), "serve"))
        .isInstanceOf(ServiceConf.InvalidConfigException.class)
        .hasMessageContaining(folder + "/gone (SERVICE_CONF): cannot be read");
    Map<String, String> large = file("#".repeat(ConfFile.MAX_BYTES + 1));
    assertThatThrownBy(() -> with(large, "serve"))
        .isInstanceOf(ServiceConf.InvalidConfigException.class)
        .hasMessageContaining("expected at most %d bytes", ConfFile.MAX_BYTES);
  }
}
