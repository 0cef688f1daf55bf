package io.blkwarden.systemtests.monitoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A program of {@code docs/examples} that runs until it is closed. */
final class Example implements AutoCloseable {
  private final Path printed;
  private final Path errorOutput;
  private final Process process;

  private Example(Path printed, Path said, Process process) {
    this.printed = printed;
    this.errorOutput = said;
    this.process = process;
  }

  static Example start(Path folder, Map<String, String> environment, List<String> command)
      throws IOException {
    Path printed = Files.createTempFile(folder, "out", ".txt");
    Path said = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(printed.toFile()).redirectError(said.toFile());
    builder.environment().remove("NATS_CREDS");
    builder.environment().putAll(environment);
    return new Example(printed, said, builder.start());
  }

  /** Its standard output so far. */
  String printed() throws IOException {
    return Files.readString(printed);
  }

  /** Its standard error so far. */
  String errorOutput() throws IOException {
    return Files.readString(errorOutput);
  }

  boolean runs() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
