package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.http.HttpSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.notify.settings.Secret;
import io.blkwarden.controller.testing.ScriptedHost;
import io.blkwarden.controller.testing.SwapStorm;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proposals, approved and denied by command and over HTTP. */
final class ApprovalOnNatsTest {
  private static final Duration BOUND = Duration.ofSeconds(90);

  @TempDir Path policies;

  private final NatsServer server = NatsServer.start();
  private final ScriptedHost host = new ScriptedHost(server, new HostId("dom0-7"));
  private ControllerRuntime controller;

  @BeforeEach
  void storm() throws Exception {
    Files.writeString(
        policies.resolve("swap.yaml"), SwapStorm.POLICY.replace("mode: auto", "mode: approve"));
    controller =
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(server.url(), null, null, Subjects.DEFAULT, "c1"),
                policies,
                null,
                new HttpSettings(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    Set.of(),
                    null,
                    null),
                new Secret("0123456789abcdef"),
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT);
    await("ready").atMost(BOUND).until(() -> controller.readiness().blockers().isEmpty());
    host.swaps(800);
    host.live();
  }

  @AfterEach
  void close() {
    controller.close();
    host.close();
    server.close();
  }

  private String proposal() {
    AtomicReference<String> row = new AtomicReference<>("");
    await("a proposal")
        .atMost(BOUND)
        .until(() -> {
          CommandResult result = CommandResult.run(server.url(), "proposals");
          result.out().lines().filter(line -> line.contains("dom0-7")).forEach(row::set);
          return !row.get().isEmpty();
        });
    assertThat(row.get()).contains("xvda2", "idle", "swap-storm");
    return row.get().substring(0, row.get().indexOf(' '));
  }

  @Test
  void approvedProposalIsAppliedAndRemoved() {
    String id = proposal();
    assertThat(host.activeLease()).isNull();

    CommandResult result = CommandResult.run(server.url(), "approve", id, "--reason", "seen");

    assertThat(result.code()).as(result.err()).isEqualTo(ExitCodes.DONE);
    await("set").atMost(BOUND).until(() -> host.activeLease() != null);
    assertThat(Objects.requireNonNull(host.activeLease()).restraint())
        .isEqualTo(Restraint.Priority.IDLE);
    assertThat(CommandResult.run(server.url(), "proposals", "--json").out()).doesNotContain(id);
  }

  @Test
  void proposalApprovedOverHttpIsApplied() throws Exception {
    String id = proposal();
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/api/v1/proposals/%s/approve"
                .formatted(controller.httpPort().orElseThrow(), id));
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .header("Authorization", "Bearer 0123456789abcdef")
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body()).contains("approved: idle for xvda2");
    }
    await("set").atMost(BOUND).until(() -> host.activeLease() != null);
  }

  @Test
  void deniedProposalIsNotAppliedAndUnknownIdFails() {
    String id = proposal();

    assertThat(CommandResult.run(server.url(), "deny", id).code()).isEqualTo(ExitCodes.DONE);

    CommandResult late = CommandResult.run(server.url(), "approve", id);
    assertThat(late.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(late.err()).contains("no proposal " + id);
    assertThat(CommandResult.run(server.url(), "approve", "nonsense").code())
        .isEqualTo(ExitCodes.USAGE);
    assertThat(host.activeLease()).isNull();
  }
}
