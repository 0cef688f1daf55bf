package io.blkwarden.controller.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.testing.AlertTap;
import io.blkwarden.controller.testing.Alertmanager;
import io.blkwarden.controller.testing.ScriptedHost;
import io.blkwarden.controller.testing.SwapStorm;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller that notifies a real Alertmanager. */
final class PagingTest {
  private static final Duration BOUND = Duration.ofSeconds(90);

  @TempDir Path folder;

  @Test
  void swapStormNotifiesUntilHandled() throws Exception {
    Path policies = Files.createDirectory(folder.resolve("policies"));
    SwapStorm.in(policies);
    try (NatsServer server = NatsServer.start();
        Alertmanager manager = new Alertmanager();
        ScriptedHost host = new ScriptedHost(server, new HostId("dom0-7"))) {
      manager.run();
      NotifyFile pages =
          NotifyFile.read(
              Files.writeString(
                  folder.resolve("notify.yaml"),
                  "alertmanagers: [ { url: \"%s\" } ]".formatted(manager.url())));
      assertThat(pages.problems()).isEmpty();
      NatsSettings bus = new NatsSettings(server.url(), null, null, Subjects.DEFAULT, "c1");
      try (ControllerRuntime controller =
              ControllerRuntime.start(
                  new ControllerSettings(
                      bus, policies, null, null, null, pages, ControllerSettings.METRICS_DISKS),
                  EngineSettings.DEFAULT);
          AlertTap alerts = ready(controller, server)) {
        host.answering = false; // so that the alert stays firing
        host.swaps(800);
        host.live();
        await("notified").atMost(BOUND).until(() -> manager.alerts().size() == 1);
        await("published").atMost(BOUND).until(() -> !alerts.alerts().isEmpty());
        assertThat(manager.alerts().getFirst().path("annotations").path("alert").asString())
            .isEqualTo(alerts.alerts().getFirst().id().value());

        host.answering = true;

        await("handled").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.HANDLED));
        await("no longer notifies").atMost(BOUND).until(() -> manager.alerts().isEmpty());
      }
    }
  }

  private static AlertTap ready(ControllerRuntime controller, NatsServer server) throws Exception {
    await("ready").atMost(BOUND).until(() -> controller.readiness().blockers().isEmpty());
    return new AlertTap(server);
  }
}
