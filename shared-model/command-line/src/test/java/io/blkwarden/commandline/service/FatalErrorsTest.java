package io.blkwarden.commandline.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.testing.FullPipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process exits when it is out of memory. */
final class FatalErrorsTest {
  /** A service with a thread that uses all memory. */
  static final class Service {
    private Service() {}

    public static void main(String[] args) throws InterruptedException {
      FatalErrors.endTheProcess();
      Thread hungry =
          new Thread(
              () -> {
                List<byte[]> kept = new ArrayList<>();
                while (kept.size() < Integer.MAX_VALUE) {
                  kept.add(new byte[1 << 20]);
                }
              },
              "hungry");
      hungry.start();
      new CountDownLatch(1).await(); // other threads would run forever
    }
  }

  @TempDir Path folder;

  private static ProcessBuilder service() {
    return new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx16m",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        Service.class.getName());
  }

  @Test
  void exitsOnOutOfMemoryWithTheCause() throws Exception {
    Process process = service().redirectErrorStream(true).start();
    try {
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      assertThat(ended).as("exited").isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("fatal: thread hungry: java.lang.OutOfMemoryError");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void exitsEvenIfStderrIsNotRead() throws Exception {
    try (FullPipe pipe = new FullPipe(folder)) {
      Process process =
          service()
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(pipe.file())
              .start();
      try {
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        assertThat(ended).as("exited").isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
