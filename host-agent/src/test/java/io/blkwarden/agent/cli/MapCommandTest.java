package io.blkwarden.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.MappedDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The command on captured and synthetic trees, compared with golden files. */
final class MapCommandTest {
  private static final Path RESOURCES =
      Path.of(System.getProperty("basedir", ""), "src/test/resources");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"capture-4.17", "synthetic-twins"})
  void printsTheTable(String tree) throws IOException {
    assertThat(run("--root", RESOURCES.resolve(tree).toString())).isZero();
    assertThat(out.toString()).isEqualTo(golden(tree + ".txt"));
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"capture-4.17", "synthetic-twins"})
  void printsTheJson(String tree) throws IOException {
    assertThat(run("--root", RESOURCES.resolve(tree).toString(), "--json")).isZero();
    assertThat(out.toString()).isEqualTo(golden(tree + ".json"));
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void jsonMatchesTheContract() throws IOException {
    JsonMapper mapper =
        JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
    List<MappedDisk> disks =
        Arrays.asList(mapper.readValue(golden("synthetic-twins.json"), MappedDisk[].class));

    assertThat(disks).hasSize(5);
    assertThat(disks.getFirst().domain().name()).isEqualTo("vm103\u001B[2J");
    assertThat(MapCommand.json(disks)).isEqualTo(golden("synthetic-twins.json"));
  }

  @Test
  void missingRootIsAUsageError(@TempDir Path empty) {
    assertThat(run("--root", empty.resolve("none").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--root").contains("not found");
  }

  @Test
  void treeWithoutXenstoreFails(@TempDir Path empty) {
    assertThat(run("--root", empty.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("xenstore.txt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "5h", "-1s", "301s", "soon"})
  void invalidTimeIsAUsageError(String settle) {
    assertThat(run("--root", RESOURCES.toString(), "--settle=" + settle)).isEqualTo(2);
    assertThat(err.toString()).contains("--settle").contains(settle);
  }

  @Test
  void unknownOptionIsAUsageError() {
    assertThat(run("--strange")).isEqualTo(2);
  }

  private int run(String... args) {
    List<String> words = new ArrayList<>(List.of(args));
    words.addFirst("map");
    return AgentCommand.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(words.toArray(String[]::new));
  }

  private static String golden(String name) throws IOException {
    return Files.readString(RESOURCES.resolve("map").resolve(name), StandardCharsets.UTF_8);
  }
}
