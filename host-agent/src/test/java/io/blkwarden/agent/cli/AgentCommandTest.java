package io.blkwarden.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.state.StateFolders;
import io.blkwarden.agent.state.StateLock;
import io.blkwarden.agent.state.StateRequest;
import io.blkwarden.testing.NatsServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Exit codes and texts of the command line. */
final class AgentCommandTest {
  private static final Path CAPTURE =
      Path.of(System.getProperty("basedir", ""), "src/test/resources/capture-4.17");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path state;

  private int execute(String... args) {
    CommandLine line = AgentCommand.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args);
  }

  @Test
  void printsVersionAndCommands() {
    assertThat(execute("--version")).isZero();
    assertThat(out.toString()).startsWith("blkwarden-agent ");
    assertThat(execute("--help")).isZero();
    assertThat(out.toString()).contains("run", "map", "doctor", "release-all");
  }

  @Test
  void noCommandIsAUsageError() {
    assertThat(execute()).isEqualTo(2);
    assertThat(execute("fly")).isEqualTo(2);
  }

  @Test
  void reportsAllProblemsAtOnce() {
    int code =
        execute(
            "run",
            "--root",
            CAPTURE.toString(),
            "--host",
            "two words",
            "--interval",
            "1h",
            "--nats",
            "http://x:1,nats://user:secret@",
            "--creds",
            "/no/such/file",
            "--prefix",
            "a b",
            "--ensure-scheduler",
            "kyber",
            "--prio-aging-expire",
            "61m",
            "--role",
            "swap=(",
            "--role",
            "attic=x",
            "--metrics",
            "127.0.0.1:99999");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .contains("--host: ", "--interval: ", "--nats: ", "--creds: ", "--prefix: ")
        .contains("--ensure-scheduler: ", "--prio-aging-expire: ")
        .contains("--metrics: expected ADDRESS:PORT", "found '127.0.0.1:99999'")
        .contains("--role: expected a regular expression", "found 'attic=x'")
        .doesNotContain("secret");
  }

  @Test
  void reportsASeedWithAWrongChecksum() throws IOException {
    Path seed = Files.writeString(state.resolve("bad.nk"), "SU" + "A".repeat(56));
    assertThat(execute("doctor", "--creds", seed.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("--creds: expected a NATS seed", "checksum is wrong in " + seed);
  }

  @Test
  void reportsCredentialsOfAnotherKind() throws IOException {
    Path other = Files.writeString(state.resolve("agent.conf"), "nats = tls://10.0.0.5:4222");
    assertThat(execute("doctor", "--creds", other.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("--creds: expected a NATS seed or a .creds file", "nor a JWT in it in " + other);
  }

  @Test
  void secondAgentIsRefused() {
    try (StateLock lock = taken()) {
      assertThat(lock).isNotNull();
      assertThat(
              execute(
                  "run",
                  "--root",
                  CAPTURE.toString(),
                  "--host",
                  "dom0-7",
                  "--state-dir",
                  state.toString()))
          .isEqualTo(3);
    }
    assertThat(err.toString()).contains("an agent is already running");
  }

  private StateLock taken() {
    return ((StateLock.Attempt.Taken) StateLock.attempt(StateFolders.beside(state))).lock();
  }

  @Test
  void briefLockIsNotTakenForAnAgent() {
    StateLock look = taken();
    Thread looking =
        Thread.ofPlatform()
            .start(() -> {
              Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
              look.close();
            });

    StateLock.Attempt attempt =
        StateLock.attempt(StateFolders.beside(state), Duration.ofSeconds(60));

    assertThat(attempt).isInstanceOf(StateLock.Attempt.Taken.class);
    ((StateLock.Attempt.Taken) attempt).lock().close();
    assertThat(looking.isDaemon()).isFalse();
  }

  @Test
  void releaseAllWithoutLeasesSucceeds() {
    assertThat(execute("release-all", "--state-dir", state.toString())).isZero();
    assertThat(out.toString()).contains("no leases: ");
  }

  @Test
  void releaseAllAsksARunningAgent() {
    StateRequest request = StateRequest.releaseAll(state);
    try (StateLock lock = taken()) {
      assertThat(lock).isNotNull();
      Thread agent =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(request::isPending);
                assertThat(request.remove()).isEmpty();
              });
      assertThat(agent.isDaemon()).isTrue();

      assertThat(execute("release-all", "--state-dir", state.toString())).isZero();
    }
    assertThat(out.toString()).contains("has ended all leases");
  }

  @Test
  void releaseNeedsALease() {
    assertThat(execute("release", "--state-dir", state.toString(), "vm101/xvda2")).isOne();
    assertThat(err.toString()).contains("one throttle of vm101/xvda2", "found 0", "release-all");
  }

  @Test
  void throttleChecksItsArguments() {
    for (String option : List.of("--priority=realtime", "--priority=limit 10/s", "--limit=1")) {
      assertThat(execute("throttle", "--reason=x", option, "vm101/xvda2")).as(option).isEqualTo(2);
    }
    assertThat(execute("throttle", "vm101/xvda2")).as("no reason").isEqualTo(2);
    assertThat(execute("trace", "--for=6m", "vm101/xvda2")).isEqualTo(2);
  }

  @Test
  void doctorReportsWhetherIoniceIsEffective() {
    assertThat(execute("doctor", "--root", CAPTURE.toString(), "--no-nats", "--json")).isZero();

    JsonNode checks = JsonMapper.builder().build().readTree(out.toString());
    assertThat(checks.isArray()).isTrue();
    assertThat(out.toString()).contains("ionice ", "\"xenstore\"");
  }

  @Test
  void rolePatternTakesPrecedence() {
    assertThat(execute("map", "--root", CAPTURE.toString(), "--json")).isZero();
    String builtIn = out.toString();
    out.getBuffer().setLength(0);

    assertThat(execute("map", "--root", CAPTURE.toString(), "--json", "--role", "data=_swap$"))
        .isZero();

    assertThat(builtIn).contains("\"swap\"");
    assertThat(out.toString()).doesNotContain("\"swap\"").contains("\"data\"");
  }

  @Test
  void withJsonEveryErrorIsAnObject() {
    for (List<String> wrong :
        List.of(
            List.of("map", "--root", state.resolve("none").toString()),
            List.of("map", "--root", state.toString()),
            List.of("doctor", "--host", "two words"),
            List.of("hand-over", "--state-dir", state.toString()),
            List.of("release-all", "--stat-dir", "x"))) {
      err.getBuffer().setLength(0);
      List<String> words = new ArrayList<>(wrong);
      words.add("--json");
      int code = execute(words.toArray(String[]::new));

      JsonNode error = JsonMapper.builder().build().readTree(err.toString());
      assertThat(error.get("schema").asString()).isEqualTo("blkwarden.error.v1");
      assertThat(error.get("error").asString()).isNotBlank();
      assertThat(error.get("hint").asString()).isNotBlank();
      assertThat(error.get("exit_code").asInt()).as("%s", wrong).isEqualTo(code).isPositive();
    }
  }

  @Test
  void releaseAllPrintsJson() {
    assertThat(execute("release-all", "--state-dir", state.toString(), "--json")).isZero();
    assertThat(out.toString())
        .isEqualToIgnoringNewLines(
            "{\"schema\":\"blkwarden.release-all.v1\",\"by\":\"command\",\"outcomes\":[]}");
  }

  @Test
  void suggestsTheIntendedCommand() {
    assertThat(execute("relese-all")).isEqualTo(2);
    assertThat(err.toString()).contains("did you mean release-all", "'blkwarden-agent --help'");
  }

  @Test
  void doctorFailsWithoutNats() throws Exception {
    int port = NatsServer.freePort();

    assertThat(
            execute("doctor", "--root", CAPTURE.toString(), "--nats", "nats://127.0.0.1:" + port))
        .isEqualTo(1);
    assertThat(out.toString()).contains("cannot connect").contains("--nats");
  }
}
