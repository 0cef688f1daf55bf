package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.testing.ScriptedHost;
import io.blkwarden.controller.testing.SwapStorm;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands that show the state of the fleet, against a controller and a scripted host. */
final class FleetCommandsOnNatsTest {
  private static final Duration BOUND = Duration.ofSeconds(90);

  @TempDir Path policies;

  private final NatsServer server = NatsServer.start();
  private final ScriptedHost host = new ScriptedHost(server, new HostId("dom0-7"));
  private ControllerRuntime controller;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(policies.resolve("swap.yaml"), SwapStorm.POLICY);
    controller =
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(server.url(), null, null, Subjects.DEFAULT, "c1"),
                policies,
                null,
                null,
                null,
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT);
    await("ready").atMost(BOUND).until(() -> controller.readiness().blockers().isEmpty());
  }

  @AfterEach
  void close() {
    controller.close();
    host.close();
    server.close();
  }

  private CommandResult run(String... arguments) {
    return CommandResult.run(server.url(), arguments);
  }

  private CommandResult shows(String expected, String... arguments) {
    AtomicReference<CommandResult> last = new AtomicReference<>();
    await(expected)
        .atMost(BOUND)
        .until(() -> {
          last.set(run(arguments));
          return last.get().out().contains(expected);
        });
    return last.get();
  }

  @Test
  void emptyFleetIsExplained() {
    assertThat(run("hosts").out()).contains("no hosts: start blkwarden-agent");
    assertThat(run("throttles").out()).contains("no throttles");
    assertThat(run("alerts").out()).contains("no open alerts");
    CommandResult status = run("status");
    assertThat(status.code()).as(status.out()).isEqualTo(ExitCodes.DONE);
    assertThat(status.out()).contains("leader       c1, 1 policy", "enforcement  active");
  }

  @Test
  void stormIsShownByEachCommand() {
    host.swaps(800);
    host.live();

    String throttles = shows("active", "throttles").out();
    assertThat(throttles).contains("dom0-7/vm176/xvda2", "idle", "swap-storm");
    String alerts = shows("handled", "alerts", "--state", "handled").out();
    assertThat(alerts).contains("warning", "dom0-7", "vm176", "xvda2");
    assertThat(run("alerts", "--domain", "other*").out()).contains("no open alert matches; 1");
    assertThat(run("hosts", "--host", "dom0-?").out()).contains("dom0-7", "live");
    assertThat(run("hosts", "--host", "x*").out()).contains("no host matches x*");
    CommandResult status = run("status");
    assertThat(status.code()).isEqualTo(FleetCommand.Status.ATTENTION);
    assertThat(status.out()).contains("throttles    1 (1 idle)", "alerts       1 (1 warning)");

    JsonNode open = AsciiJson.MAPPER.readTree(run("alerts", "--json").out());
    String id = open.path("alerts").path(0).path("id").asString();
    assertThat(alerts).contains(id);
    CommandResult ack = run("ack", id, "--reason", "seen");
    assertThat(ack.code()).as(ack.err()).isEqualTo(ExitCodes.DONE);
    shows("handled (suppressed)", "alerts");
  }

  @Test
  void pauseNeedsAttention() {
    assertThat(run("pause", "--reason", "maintenance").code()).isEqualTo(ExitCodes.DONE);

    CommandResult status = run("status", "--json");

    assertThat(status.code()).isEqualTo(FleetCommand.Status.ATTENTION);
    JsonNode json = AsciiJson.MAPPER.readTree(status.out());
    assertThat(json.path("schema").asString()).isEqualTo("blkwarden.status.v1");
    assertThat(json.path("pause").path("reason").asString()).isEqualTo("maintenance");
  }
}
