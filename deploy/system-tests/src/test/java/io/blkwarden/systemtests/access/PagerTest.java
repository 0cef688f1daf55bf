package io.blkwarden.systemtests.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.systemtests.Policies;
import io.blkwarden.systemtests.monitoring.Checkout;
import io.nats.client.JetStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The pager of {@code docs/ALERTS.md}, with the Node client of NATS and a viewer's seed. It is
 * killed repeatedly while alerts are published.
 */
final class PagerTest {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final int ROUNDS = 5;
  private static final int EACH = 40;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path folder;
  private final Path journal;
  private final GuardedNats nats;
  private final ControllerRuntime controller;
  private int published;

  PagerTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    journal = folder.resolve("journal");
    nats = GuardedNats.start(folder, "sim-1");
    controller =
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(nats.url(), nats.seed("controller"), null, Subjects.DEFAULT, "c1"),
                Policies.harmless(folder),
                null,
                null,
                null,
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT);
  }

  @AfterEach
  void stop() throws Exception {
    controller.close();
    nats.stop();
  }

  private Process pager() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "node",
                Checkout.file("docs/examples/node/pager.mjs").toString(),
                journal.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("pager.log").toFile()));
    builder.environment().put("NATS_URL", nats.url());
    builder.environment().put("NATS_CREDS", nats.seed("viewer").toString());
    return builder.start();
  }

  /** The numbers of the alerts that the pager sent, in order. */
  private List<Integer> notified() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    if (Files.exists(journal)) {
      String text = Files.readString(journal);
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
        JsonNode summary = JSON.readTree(line).path("summary");
        if (summary.isString()) {
          numbers.add(Integer.parseInt(summary.asString()));
        }
      }
    }
    return numbers;
  }

  private void publish(JetStream stream, int count) throws Exception {
    String subject = Subjects.DEFAULT.alert("warning", new HostId("sim-1"), "swap-storm");
    for (int i = 0; i < count; i++) {
      String alert =
          "{\"schema\":\"blkwarden.alert.v1\",\"at\":\"2026-11-22T18:10:17Z\",\"state\":\"firing\","
              + "\"severity\":\"warning\",\"host\":\"sim-1\",\"summary\":\""
              + ++published
              + "\"}";
      stream.publish(subject, alert.getBytes(UTF_8));
    }
  }

  private void kill(Process pager) throws Exception {
    assertThat(pager.isAlive()).as(Files.readString(folder.resolve("pager.log"))).isTrue();
    pager.destroyForcibly().waitFor();
  }

  @Test
  void killedPagerMissesNoAlertAndNotifiesNoneTwice() throws Exception {
    await("the controller").atMost(BOUND).until(() -> controller.leadershipKnown());
    JetStream stream = nats.client("controller").connection().jetStream();
    Process first = pager();
    await("its start, after 'npm ci' in docs/examples/node")
        .atMost(BOUND)
        .until(() -> Files.exists(journal));
    kill(first); // before any alert
    for (int round = 0; round < ROUNDS; round++) {
      publish(stream, EACH / 2);
      Process pager = pager();
      publish(stream, EACH / 2);
      int some = round * EACH + 1 + round * 7;
      await("some of the alerts").atMost(BOUND).until(() -> notified().size() >= some);
      kill(pager);
      Files.writeString(journal, "{\"cursor\":\"cut o", StandardOpenOption.APPEND);
    }
    Process last = pager();
    publish(stream, EACH);
    await("all of the alerts").atMost(BOUND).until(() -> notified().size() >= published);
    kill(last);

    assertThat(notified())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, published).boxed().toList());
  }
}
