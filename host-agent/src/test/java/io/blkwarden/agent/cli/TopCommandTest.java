package io.blkwarden.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command on captured and synthetic trees, in a pipe. */
final class TopCommandTest {
  private static final Path RESOURCES =
      Path.of(System.getProperty("basedir", ""), "src/test/resources");

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String tree, String... more) {
    CommandLine line = AgentCommand.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    List<String> words =
        List.of(
            "top",
            "--root=" + RESOURCES.resolve(tree),
            "--interval=100ms",
            "--state-dir=" + folder.resolve("state"));
    return line.execute(Stream.concat(words.stream(), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void unchangedTreeIsIdle() {
    assertThat(run("capture-4.17", "--count=2")).isZero();
    assertThat(err.toString()).isEmpty();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(13);
    assertThat(lines.getFirst()).endsWith("  xendom0: 4 disks, 0 throttled, by score");
    assertThat(lines.get(3).strip().split(" {2,}"))
        .containsExactly(
            "vm101",
            "xvda2",
            "swap",
            "vdb",
            "1.xvda2-0[564]",
            "0",
            "0",
            "0",
            "0 B",
            "0 B",
            "0",
            "0 B",
            "0 ms",
            "0%",
            "0%",
            "0 ms",
            "-");
  }

  @Test
  void guestNamesAreEscaped() {
    assertThat(run("synthetic-twins", "--count=1")).isZero();
    assertThat(out.toString()).contains("vm103\\u001B[2J").doesNotContain("\u001B");
  }

  @Test
  void jsonHasNullForUnknownNumbers() {
    assertThat(run("synthetic-twins", "--json", "--count=1", "--sort=name")).isZero();
    JsonNode round = JsonMapper.builder().build().readTree(out.toString());
    assertThat(round.path("disks")).hasSize(5);
    assertThat(round.path("disks").path(0).path("domain").asString()).isEqualTo("vm103\u001B[2J");
    assertThat(round.path("disks").path(0).path("iops").isNull()).isTrue();
  }

  @Test
  void reportsInvalidOptions() {
    assertThat(run("none", "--count=1")).isEqualTo(2);
    assertThat(err.toString()).contains("--root").contains("not found");
    assertThat(run("capture-4.17", "--sort=age")).isEqualTo(2);
    assertThat(err.toString()).contains("queue, r/s, w/s, rb/s, wb/s, iops");
  }
}
