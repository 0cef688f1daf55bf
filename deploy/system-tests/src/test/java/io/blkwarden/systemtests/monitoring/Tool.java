package io.blkwarden.systemtests.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The output of a program.
 *
 * @param code its exit code
 * @param text stdout and stderr
 */
record Tool(int code, String text) {
  private static final int BOUND_SECONDS = 60;

  /** Runs a program with this input. */
  static Tool run(String input, List<String> command) throws IOException, InterruptedException {
    Path printed = Files.createTempFile("blkwarden-tool", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(printed.toFile())
              .start();
      try (OutputStream to = process.getOutputStream()) {
        to.write(input.getBytes(UTF_8));
      }
      if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " does not end");
      }
      return new Tool(process.exitValue(), Files.readString(printed));
    } finally {
      Files.delete(printed);
    }
  }
}
