package io.blkwarden.systemtests.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.cli.Blkwarden;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.systemtests.SimulatedAgents;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Authentication by JWT: {@code --creds} accepts a {@code .creds} file. */
final class JwtCredentialsTest {
  private static final Duration BOUND = Duration.ofSeconds(90);

  @TempDir Path folder;

  private static GuardedNats.CommandOutput run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Blkwarden.run(arguments, new PrintWriter(out), new PrintWriter(err), Map.of());
    return new GuardedNats.CommandOutput(code, out.toString(), err.toString());
  }

  @Test
  void agentControllerAndOperatorConnectWithJwt() throws Exception {
    try (JwtNats nats = new JwtNats(folder)) {
      ControllerRuntime controller =
          ControllerRuntime.start(
              new ControllerSettings(
                  new NatsSettings(
                      nats.url(), nats.creds("controller"), null, Subjects.DEFAULT, "c1"),
                  null,
                  null,
                  null,
                  null,
                  NotifyFile.NONE,
                  ControllerSettings.METRICS_DISKS),
              EngineSettings.DEFAULT);
      SimulatedAgents agent =
          SimulatedAgents.start(
              "--hosts=1",
              "--nats=" + nats.url(),
              "--creds=" + nats.creds("host"),
              "--state-dir=" + folder.resolve("state"));
      String operator = nats.creds("operator").toString();
      try {
        await("the host's map")
            .atMost(BOUND)
            .untilAsserted(() -> {
              GuardedNats.CommandOutput map = run("map", "--nats", nats.url(), "--creds", operator);
              assertThat(map.out()).as(map.err()).contains("sim-1", "vm101");
            });
        Path torn = folder.resolve("torn.creds");
        String text = Files.readString(Path.of(operator));
        Files.writeString(torn, text.replaceAll("SU[A-Z0-9]{10}", "SUAAAAAAAAAA"));
        assertThat(run("map", "--nats", nats.url(), "--creds", torn.toString()).err())
            .contains("torn.creds", "a seed whose checksum is wrong");
      } finally {
        agent.close();
        controller.close();
      }
    }
  }
}
