package io.blkwarden.systemtests.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.agent.cli.AgentCommand;
import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.systemtests.Certificate;
import io.blkwarden.systemtests.Policies;
import io.blkwarden.systemtests.SimulatedAgents;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** TLS connections of agents, controllers and clients, and an untrusted server. */
final class NatsTlsTest {
  private static final Duration BOUND = Duration.ofSeconds(90);

  private final Path folder;
  private final Certificate certificate;
  private final GuardedNats nats;

  NatsTlsTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    certificate = Certificate.selfSigned(folder, "nats", "IP:127.0.0.1");
    nats = GuardedNats.start(folder, certificate, "sim-1");
  }

  @AfterEach
  void stop() throws Exception {
    nats.stop();
  }

  private GuardedNats.CommandOutput map(String url, Path authorities) {
    String seed = nats.seed("operator").toString();
    return GuardedNats.run(
        Map.of("NATS_URL", url, "NATS_CREDS", seed, "NATS_CA", authorities.toString()), "map");
  }

  private String doctor(String url, Path authorities) {
    StringWriter out = new StringWriter();
    CommandLine line = AgentCommand.commandLine().setOut(new PrintWriter(out));
    String seed = "--creds=" + nats.seed("host-sim-1");
    line.execute("doctor", "--host=sim-1", "--nats=" + url, "--nats-ca=" + authorities, seed);
    return out.toString();
  }

  @Test
  void allRolesWorkWithTls() throws Exception {
    Path chain = certificate.chain();
    ControllerRuntime controller =
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(
                    nats.url(), nats.seed("controller"), chain, Subjects.DEFAULT, "c1"),
                Policies.harmless(folder),
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
            "--nats-ca=" + chain,
            "--creds=" + nats.seed("host-sim-1"),
            "--state-dir=" + folder.resolve("state"));
    try {
      await("the host's map")
          .atMost(BOUND)
          .untilAsserted(() -> {
            GuardedNats.CommandOutput map = map(nats.url(), chain);
            assertThat(map.out()).as(map.err()).contains("sim-1", "vm101");
          });
      assertThat(controller.readiness().blockers()).isEmpty();
      assertThat(doctor(nats.url(), chain)).containsPattern("ok +nats +connected to " + nats.url());
    } finally {
      agent.close();
      controller.close();
    }
  }

  @Test
  void serverWithAnotherCertificateReceivesNothing() throws Exception {
    Path stranger = Certificate.selfSigned(folder, "stranger", "IP:127.0.0.1").chain();
    String noAuthority = "its certificate is not signed by a trusted CA";
    assertThat(map(nats.url(), stranger).err()).contains(noAuthority, "--nats-ca");
    assertThat(doctor(nats.url(), stranger)).contains(noAuthority, "--nats-ca");

    String byName = nats.url().replace("127.0.0.1", "localhost");
    String otherName = "its certificate does not match the server name";
    assertThat(map(byName, certificate.chain()).err()).contains(otherName, "localhost");
    assertThat(doctor(byName, certificate.chain())).contains(otherName, "localhost");
  }

  @Test
  void reportsTlsMistakesOfTheCommandLine() throws Exception {
    String plain = nats.url().replace("tls://", "nats://");
    assertThat(GuardedNats.run(Map.of("NATS_URL", plain), "map").err())
        .contains("the server requires TLS", "use tls://");
    Path none = Files.writeString(folder.resolve("none.pem"), "nothing\n");
    assertThat(map(nats.url(), none).err()).contains("none.pem", "PEM", "--nats-ca");
    assertThat(map(nats.url(), folder.resolve("missing.pem")).err())
        .contains("cannot read the CA certificates", "missing.pem");
  }
}
