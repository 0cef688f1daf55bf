package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.testing.AlertTap;
import io.blkwarden.controller.testing.ScriptedHost;
import io.blkwarden.controller.testing.SwapStorm;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Silences, acknowledgements and pauses with a controller and a real nats-server. */
final class SilencesOnNatsTest {
  private static final Duration BOUND = Duration.ofSeconds(90);

  @TempDir Path policies;

  private final NatsServer server = NatsServer.start();
  private final ScriptedHost host = new ScriptedHost(server, new HostId("dom0-7"));
  private ControllerRuntime controller;
  private AlertTap alerts;

  @BeforeEach
  void begin() throws Exception {
    SwapStorm.in(policies);
    controller = controller("c1");
    alerts = new AlertTap(server);
  }

  @AfterEach
  void close() {
    alerts.close();
    controller.close();
    host.close();
    server.close();
  }

  private ControllerRuntime controller(String name) {
    NatsSettings bus = new NatsSettings(server.url(), null, null, Subjects.DEFAULT, name);
    ControllerRuntime started =
        ControllerRuntime.start(
            new ControllerSettings(
                bus, policies, null, null, null, NotifyFile.NONE, ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT);
    await("ready").atMost(BOUND).until(() -> started.readiness().blockers().isEmpty());
    return started;
  }

  private CommandResult run(String... arguments) {
    CommandResult result = CommandResult.run(server.url(), arguments);
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCodes.DONE);
    return result;
  }

  private Alert last() {
    await("published").atMost(BOUND).until(() -> !alerts.alerts().isEmpty());
    return alerts.alerts().getLast();
  }

  @Test
  void pauseAppliesToTheNextLeaderUntilResumed() {
    run("pause", "--reason", "the storage moves");
    controller.close();
    controller = controller("c2");
    host.swaps(800);
    host.live();

    await("firing").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.FIRING));
    assertThat(controller.readiness().warnings())
        .anyMatch(each -> each.contains("enforcement is paused by"));
    assertThat(run("proposals").out()).contains("enforcement is paused by");
    assertThat(host.agent().commands).noneMatch(each -> each.action().toString().startsWith("Set"));
    assertThat(host.activeLease()).isNull();

    run("resume");

    await("throttled").atMost(BOUND).until(() -> host.activeLease() != null);
    assertThat(CommandResult.run(server.url(), "resume").code()).isEqualTo(ExitCodes.FAILED);
  }

  @Test
  void alertNamesItsSilenceAndAckUntilTheyEnd() {
    host.swaps(800);
    host.live();
    await("handled").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.HANDLED));
    assertThat(last().inhibitedBy()).isEqualTo("handled");

    String added =
        run("silence", "add", "--host", "dom0-*", "--for", "2h", "--reason", "known").out();
    String id = added.split(" ", -1)[1];
    await("silenced").atMost(BOUND).until(() -> last().silencedBy() != null);
    assertThat(last().silencedBy()).hasToString(id);
    assertThat(run("silence", "list").out()).contains(id, "dom0-*", "known");
    run("ack", last().id().value(), "--reason", "mine");
    await("acked").atMost(BOUND).until(() -> last().ackedBy() != null);

    run("silence", "expire", id);
    run("ack", last().id().value(), "--undo");

    await("neither silenced nor acked")
        .atMost(BOUND)
        .until(() -> last().silencedBy() == null && last().ackedBy() == null);
    assertThat(run("silence", "list").out()).doesNotContain(id);
    assertThat(CommandResult.run(server.url(), "silence", "expire", id).code())
        .isEqualTo(ExitCodes.FAILED);
    assertThat(alerts.ids()).hasSize(1);
  }

  @Test
  void silenceWithoutMatcherOrTooLongIsUsageError() {
    CommandResult nothing =
        CommandResult.run(server.url(), "silence", "add", "--for", "2h", "--reason", "x");
    assertThat(nothing.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(nothing.err()).contains("--host, --policy, --domain, --severity, --role");
    CommandResult long31 =
        CommandResult.run(
            server.url(), "silence", "add", "--host", "a", "--for", "31d", "--reason", "x");
    assertThat(long31.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(long31.err()).contains("at most 30d");
  }
}
