package io.blkwarden.systemtests.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.systemtests.NatsProcess;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python example client, with a nats-server that requires a password. */
final class PythonExampleTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void printsAlertsWithoutTerminalEscapes() throws Exception {
    int port = NatsProcess.freePort();
    List<String> arguments =
        List.of("--addr=127.0.0.1", "--port=" + port, "--user=ana", "--pass=p@ss");
    String url = "nats://ana:p%40ss@127.0.0.1:" + port;
    String example = Checkout.file("docs/examples/alerts.py").toString();
    Options options =
        Options.builder().server("nats://127.0.0.1:" + port).userInfo("ana", "p@ss").build();
    try (NatsProcess server = new NatsProcess(folder, port, arguments);
        Example listening =
            Example.start(folder, Map.of("NATS_URL", url), List.of("python3", example));
        Example refused =
            Example.start(folder, Map.of("NATS_URL", server.url()), List.of("python3", example))) {
      Connection client = Nats.connect(options);
      await("listens").atMost(BOUND).until(() -> listening.errorOutput().contains("listening to"));
      String alert =
          Files.readString(Checkout.file("shared-model/src/test/resources/golden/alert.v1.json"));
      String subject = "blkwarden.v1.alert.warning.dom0-7.swap-storm";
      client.publish(subject, "{nonsense".getBytes(UTF_8));
      client.publish(subject, alert.replace("alert.v1", "alert.v9").getBytes(UTF_8));
      client.publish(subject, alert.replace("vm176 on", "vm\\u001b[2J\\u202e on").getBytes(UTF_8));

      client.flush(BOUND);
      client.close();
      await("printed").atMost(BOUND).until(() -> listening.printed().endsWith("\n"));
      assertThat(listening.printed().lines())
          .singleElement()
          .asString()
          .matches(
              "2026-\\S+Z handled warning dom0-7 vm\\\\u\\{1b}\\[2J\\\\u\\{202e} on dom0-7 .*");
      assertThat(listening.errorOutput()).contains(subject + ": no JSON");
      await("refused").atMost(BOUND).until(() -> !refused.runs());
      assertThat(refused.errorOutput()).contains("alerts.py: -ERR 'Authorization Violation'");
    }
  }
}
