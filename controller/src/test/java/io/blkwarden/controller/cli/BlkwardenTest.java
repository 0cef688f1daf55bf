package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class BlkwardenTest {
  private static final String NOWHERE = "nats://127.0.0.1:1";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "controller",
        "map",
        "alerts",
        "throttle",
        "release",
        "policy",
        "policy check"
      })
  void commandsHaveHelp(String command) {
    String[] words = (command + " --help").strip().split(" ", -1);
    CommandResult result = CommandResult.run("", words);

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Usage: blkwarden", "--help");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void invalidCommandLineExitsWithUsageError() {
    for (List<String> wrong :
        List.of(
            List.of("nonsense"),
            List.of("throttle", "dom0-7", "--reason", "x"),
            List.of("throttle", "dom0-7/vm176/xvda2"),
            List.of("throttle", "a/b/c", "--reason", "x", "--priority", "realtime/0"),
            List.of("throttle", "a/b/c", "--reason", "x", "--lease", "2h"),
            List.of("throttle", "a/b/c", "--reason", "x", "--lease", "soon"),
            List.of("release"),
            List.of("release", "a/b/c", "--all"),
            List.of("alerts", "--since", "yesterday"),
            List.of("map", "--prefix", "not a prefix"),
            List.of("controller", "--policies", folder.resolve("missing").toString()),
            List.of("controller", "--http-port", "70000"),
            List.of("controller", "--instance", "two words"))) {
      CommandResult result = CommandResult.run(NOWHERE, wrong.toArray(String[]::new));

      assertThat(result.code()).as("%s: %s", wrong, result.err()).isEqualTo(ExitCodes.USAGE);
      assertThat(result.err()).as("%s", wrong).isNotBlank();
    }
  }

  @Test
  void typoGetsSuggestionAndHelp() {
    assertThat(CommandResult.run(NOWHERE, "releese").err())
        .startsWith("error: unknown argument 'releese': did you mean release, or")
        .contains("Otherwise see 'blkwarden --help'");
    assertThat(CommandResult.run(NOWHERE, "silence").err())
        .contains("see 'blkwarden silence --help'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          2; throttle dom0-7 --reason x
          2; throttle a/b/c --reason x --lease 2h
          2; nonsense
          2; controller --http-port 70000
          1; map
          1; replay none.bwrec
          1; policy show none.yaml
          """)
  void withJsonEveryErrorIsAnObject(int code, String command) {
    CommandResult result = CommandResult.run(NOWHERE, (command + " --json").split(" ", -1));

    assertThat(result.code()).isEqualTo(code);
    assertThat(result.out()).isEmpty();
    JsonNode error = AsciiJson.MAPPER.readTree(result.err());
    assertThat(error.get("schema").asString()).isEqualTo("blkwarden.error.v1");
    assertThat(error.get("error").asString()).isNotBlank();
    assertThat(error.get("hint").asString()).isNotBlank();
    assertThat(error.get("exit_code").asInt()).isEqualTo(code);
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  void unreachableServerIsReportedWithHint() {
    CommandResult result = CommandResult.run(NOWHERE, "map");

    assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(result.err())
        .startsWith("error: cannot reach NATS at nats://127.0.0.1:1")
        .contains("start nats-server, or set --nats or NATS_URL");
  }

  @Test
  void missingCredentialsAreReported() {
    CommandResult result =
        CommandResult.run(NOWHERE, "map", "--creds", folder.resolve("no.creds").toString());

    assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(result.err()).contains("cannot read the NATS credentials", "no.creds");
  }

  @Test
  void invalidCredentialsAreReportedAsSuch(@TempDir Path folder) throws IOException {
    Path seed = Files.writeString(folder.resolve("bad.nk"), "SU" + "A".repeat(56));
    assertThat(CommandResult.run("nats://127.0.0.1:1", "map", "--creds", seed.toString()).err())
        .contains(seed.toString(), "a seed whose checksum is wrong", "check --creds");
    Path other = Files.writeString(folder.resolve("other.nk"), "nats = tls://10.0.0.5:4222");
    assertThat(CommandResult.run("nats://127.0.0.1:1", "map", "--creds", other.toString()).err())
        .contains(other.toString(), "neither a user's seed (SU...) nor a JWT", "check --creds");
    Path large = Files.writeString(folder.resolve("large.nk"), "x".repeat(20_000));
    assertThat(CommandResult.run("nats://127.0.0.1:1", "map", "--creds", large.toString()).err())
        .contains(large.toString(), "more than 16384 bytes", "check --creds")
        .doesNotContain("start nats-server");
  }

  @Test
  void policyCheckReportsAllProblems() throws Exception {
    Files.writeString(folder.resolve("good.yaml"), GOOD);
    assertThat(CommandResult.run("", "policy", "check", folder.toString()))
        .satisfies(result -> assertThat(result.code()).isZero())
        .satisfies(result -> assertThat(result.out()).contains("OK: 1 file, "));

    Files.writeString(
        folder.resolve("bad.yaml"),
        "policies:\n  - name: x\n    modus: auto\n    then: { lease: 5 }\n");
    CommandResult result = CommandResult.run("", "policy", "check", folder.toString());
    assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(result.out().lines().filter(line -> line.contains("bad.yaml:")).count())
        .isGreaterThan(1);
    assertThat(result.out()).contains("FAILED: 1 valid of 2 files, ");

    CommandResult missing =
        CommandResult.run("", "policy", "check", folder.resolve("none.yaml").toString());
    assertThat(missing.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(missing.out()).contains("none.yaml: cannot be read", "FAILED: 0 valid of 1 file");
  }

  @Test
  void policyCheckListsPoliciesAndWarns() throws Exception {
    Path file = Files.writeString(folder.resolve("good.yaml"), GOOD);
    assertThat(CommandResult.run("", "policy", "check", file.toString()).out())
        .containsPattern("POLICY +MODE +KIND\n")
        .containsPattern("swap-storm +shadow +threshold\n")
        .doesNotContain("warning");

    Files.writeString(
        file,
        """
        policies:
          - name: x
            mode: auto
            when: { metric: iops, above: 200, for: 10s }
        """);
    CommandResult warned = CommandResult.run("", "policy", "check", file.toString());
    assertThat(warned.code()).isZero();
    assertThat(warned.out())
        .contains("warning: %s:2:5: policy x: only alerts".formatted(file))
        .contains("OK: 1 file, 1 policy, 1 warning");
    assertThat(CommandResult.run("", "policy", "check", "--json", file.toString()).out())
        .contains("\"problems\":[],\"warnings\":[{\"file\":");

    Path labels = Files.writeString(folder.resolve("labels"), "labels: { vm1: { plam: small } }");
    CommandResult wrong =
        CommandResult.run("", "policy", "check", file.toString(), "--labels", labels.toString());
    assertThat(wrong.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(wrong.out()).contains("plam: unknown key", "FAILED");
  }

  private static final String GOOD =
      """
      policies:
        - name: swap-storm
          match: { role: swap }
          when: { metric: iops, above: 200, for: 10s, clear_below: 100, clear_for: 60s }
          then: { ladder: [ idle ], lease: 5m, alert: warning }
      """;
}
