package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.controller.testing.SwapStorm;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Silences, acknowledgements and the pause by command, a real controller and a real nats-server.
 */
final class OperatorInputsOnNatsTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final NatsServer server = NatsServer.start();
  private final Path policies;
  private ControllerRuntime controller;

  OperatorInputsOnNatsTest(@TempDir Path policies) throws IOException {
    this.policies = policies;
    SwapStorm.in(policies);
    controller = controller("c1");
  }

  private ControllerRuntime controller(String instance) {
    ControllerRuntime started =
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(server.url(), null, null, Subjects.DEFAULT, instance),
                policies,
                null,
                null,
                null,
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT);
    await().atMost(BOUND).until(started::leadershipKnown);
    return started;
  }

  @AfterEach
  void close() {
    controller.close();
    server.close();
  }

  private CommandResult run(String command) {
    return CommandResult.run(server.url(), command.split(" "));
  }

  private boolean paused() {
    return controller.readiness().warnings().stream().anyMatch(each -> each.contains("paused by"));
  }

  @Test
  void pauseIsActiveOnReplyAndSurvivesRestart() throws Exception {
    CommandResult pause = run("pause --reason moving");
    assertThat(pause.code()).as(pause.err()).isEqualTo(ExitCodes.DONE);
    assertThat(paused()).isTrue();

    controller.close();
    CommandResult unanswered = run("resume");
    assertThat(unanswered.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(unanswered.err()).contains("no controller answers", "blkwarden controller");

    controller = controller("c2");
    assertThat(paused()).isTrue();
    assertThat(run("resume").code()).isEqualTo(ExitCodes.DONE);
    assertThat(paused()).isFalse();
    assertThat(run("resume").err()).contains("enforcement is not paused");
  }

  @Test
  void silencesAndAcksAreAddedAndEnded() {
    CommandResult added = run("silence add --host a* --for 1h --reason moving --json");
    assertThat(added.code()).as(added.err()).isEqualTo(ExitCodes.DONE);
    String id = added.out().replaceAll("(?s).*\"id\":\"([0-9A-Z]{26})\".*", "$1");
    assertThat(run("silence list").out()).contains(id, "a*", "moving");
    assertThat(run("silence expire " + id).out()).contains("ended");
    assertThat(run("silence list").out()).doesNotContain(id);
    assertThat(run("silence expire " + id).err()).contains("there is no silence " + id);

    String alert = Messages.id(7).value();
    assertThat(run("ack --reason mine " + alert).out()).contains(alert + " is acknowledged");
    assertThat(run("ack --undo " + alert).code()).isEqualTo(ExitCodes.DONE);
    assertThat(run("ack --undo " + alert).code()).isEqualTo(ExitCodes.FAILED);
    await()
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(run("why " + alert).out())
                .contains("carried out a request", alert + " is no longer acknowledged"));
  }
}
