package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.Main;
import io.blkwarden.controller.testing.AlertTap;
import io.blkwarden.controller.testing.ScriptedHost;
import io.blkwarden.controller.testing.SwapStorm;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.testing.FullPipe;
import io.blkwarden.testing.NatsServer;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller as a process whose stderr is a full pipe without a reader. */
final class StuckLogTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void blockedLogDoesNotBlockTheController() throws Exception {
    Path policies = Files.createDirectory(folder.resolve("policies"));
    SwapStorm.in(policies);
    Path out = folder.resolve("out");
    int port = NatsServer.freePort();
    try (NatsServer server = NatsServer.start();
        FullPipe pipe = new FullPipe(folder)) {
      Process service = start(pipe.file(), server.url(), policies, port);
      try (ScriptedHost host = new ScriptedHost(server, new HostId("dom0-7"))) {
        await("leads").atMost(BOUND).until(() -> ready(port));
        host.swaps(800);
        host.live();
        try (AlertTap alerts = new AlertTap(server)) {
          await("handled").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.HANDLED));
          assertThat(host.activeLease()).isNotNull();
          assertThat(alerts.alerts())
              .extracting(Alert::epoch)
              .containsOnly(host.agent().commands.getFirst().epoch());
        }
        assertThat(ready(port)).isTrue();

        pipe.unblock();
        service.destroy();
        assertThat(service.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(pipe.read(200)).contains("settings: nats=");
        assertThat(out).as("stdout").isEmptyFile();
      } finally {
        service.destroyForcibly().onExit().join();
      }
    }
  }

  private static boolean ready(int port) throws InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/readyz".formatted(port)))
                      .timeout(Duration.ofSeconds(5))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException _) {
      return false; // not ready, or blocked
    }
  }

  private Process start(File log, String nats, Path policies, int port) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            // as installed: JVM warnings bypass the log
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dlogback.configurationFile=" + Path.of("src/main/resources/logback.xml"),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "controller",
            "--nats=" + nats,
            "--policies=" + policies,
            "--http-port=" + port)
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(log)
        .start();
  }
}
