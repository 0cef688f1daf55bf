package io.blkwarden.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.Main;
import io.blkwarden.testing.FullPipe;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as a process whose stderr is a full pipe. */
final class StuckLogTest {
  @TempDir Path folder;

  @Test
  void serviceWorksWhileItsLogIsNotRead() throws Exception {
    NatsServer nats = NatsServer.start();
    try (FullPipe pipe = new FullPipe(folder)) {
      Connection connection = nats.connect();
      Subscription beats = connection.subscribe("blkwarden.v1.agent.>");
      connection.flush(Duration.ofSeconds(5));
      Process service = start(pipe.file(), nats.url());
      try {
        for (int n = 0; n < 2; n++) {
          Message beat = beats.nextMessage(Duration.ofSeconds(60));
          assertThat(beat).as("heartbeat %d", n).isNotNull();
        }

        pipe.unblock();
        service.destroy();
        assertThat(service.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(pipe.read(200)).contains("agent of dom0-7 runs");
      } finally {
        service.destroyForcibly().onExit().join();
      }
    } finally {
      nats.close();
    }
  }

  private Process start(File log, String nats) throws IOException {
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
        .redirectError(log)
        .start();
  }
}
