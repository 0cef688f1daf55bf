package io.blkwarden.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.Main;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as a process whose log is a pipe that is full, and that nobody reads. */
final class StuckLogTest {
  /** What the kernel keeps of a pipe that is not read (pipe(7)). */
  private static final int PIPE_BYTES = 65_536;

  @TempDir Path folder;

  @Test
  void theServiceWorksOnWhileNobodyReadsItsLog() throws Exception {
    Path pipe = folder.resolve("log");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    NatsServer nats = NatsServer.start();
    // Open for both, it waits for nobody.
    try (RandomAccessFile journal = new RandomAccessFile(pipe.toFile(), "rw")) {
      journal.write(new byte[PIPE_BYTES]);
      Connection connection = nats.connect();
      Subscription beats = connection.subscribe("blkwarden.v1.agent.>");
      connection.flush(Duration.ofSeconds(5));
      Process service = start(pipe, nats.url());
      try {
        for (int n = 0; n < 2; n++) {
          Message beat = beats.nextMessage(Duration.ofSeconds(60));
          assertThat(beat).as("sign of life %d", n).isNotNull();
        }

        InputStream log = Channels.newInputStream(journal.getChannel());
        assertThat(log.readNBytes(PIPE_BYTES)).hasSize(PIPE_BYTES);
        service.destroy();
        assertThat(service.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String said = new String(log.readNBytes(200), UTF_8);
        assertThat(said).contains("agent of dom0-7 runs");
      } finally {
        service.destroyForcibly().onExit().join();
      }
    } finally {
      nats.close();
    }
  }

  private Process start(Path log, String nats) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(EmptyHost.run(folder, nats));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(log.toFile())
        .start();
  }
}
