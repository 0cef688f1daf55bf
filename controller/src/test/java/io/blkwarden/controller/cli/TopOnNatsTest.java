package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.top.DiskLine;
import io.blkwarden.controller.bus.RecordServer;
import io.blkwarden.controller.testing.ScriptedHost;
import io.blkwarden.controller.testing.StoredRecords;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.api.KeyValueConfiguration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class TopOnNatsTest {
  private final NatsServer server = NatsServer.start();
  private final ScriptedHost calm = new ScriptedHost(server, new HostId("dom0-7"));
  private final ScriptedHost swapping = new ScriptedHost(server, new HostId("dom0-8"));

  private @Nullable RecordServer records;

  @BeforeEach
  void live() throws Exception {
    calm.agent()
        .connection()
        .keyValueManagement()
        .create(KeyValueConfiguration.builder("blkwarden-mapping").build());
    calm.swaps(50);
    swapping.swaps(500);
    calm.live();
    swapping.live();
    records = StoredRecords.answering(server, calm.agent().connection());
  }

  @AfterEach
  void close() {
    if (records != null) {
      records.close();
    }
    calm.close();
    swapping.close();
    server.close();
  }

  @Test
  void worstDiskIsFirst() {
    CommandResult result =
        CommandResult.run(
            server.url(), "top", "--json", "--count=1", "--interval=2s", "--sort=iops");
    assertThat(result.code()).as(result.err()).isZero();
    JsonNode round = JsonMapper.builder().build().readTree(result.out());
    assertThat(round.path("disks")).hasSize(2);
    JsonNode worst = round.path("disks").path(0);
    assertThat(worst.path("host").asString()).isEqualTo("dom0-8");
    assertThat(worst.path("iops").asDouble()).isCloseTo(500, within(250.0));
    assertThat(worst.path("await_ms").asDouble()).isCloseTo(40, within(1.0));
    assertThat(worst.path("device_time_share").asDouble()).isEqualTo(1);
    assertThat(worst.path("threads").path(0).asString()).isEqualTo("137.xvda2-0[27444]");
    assertThat(round.path("remarks")).isEmpty();
    assertThat(swapping.agent().commands).as("no requests").isEmpty();
  }

  @Test
  void pipeGetsTableOfSelectedHosts() {
    CommandResult result =
        CommandResult.run(server.url(), "top", "--count=2", "--interval=1s", "--host", "dom0-7");
    assertThat(result.code()).as(result.err()).isZero();
    List<String> lines = result.out().lines().toList();
    assertThat(lines).hasSize(7);
    assertThat(lines.getFirst()).endsWith("  1 host, 1 disk, 0 throttled, by score");
    assertThat(lines.getLast()).startsWith(" dom0-7  vm176").contains("xvda2", "swap", "sda", "ms");
    assertThat(result.out()).doesNotContain("\u001B");
  }

  @Test
  void throttlesAndReleasesByRequest() {
    DiskLine disk =
        new DiskLine(
            "dom0-7",
            "11111111-2222-3333-4444-555555555555",
            "vm176",
            "xvda2",
            "swap",
            List.of(),
            List.of(),
            DiskLine.Load.UNKNOWN,
            DiskLine.Io.NONE,
            null);
    List<ControlMessage> requests = new CopyOnWriteArrayList<>();
    Connection controller = calm.agent().connection();
    Dispatcher answers =
        controller.createDispatcher(message -> {
          if (ControlJson.decode(ControlMessage.class, message.getData())
              instanceof Decoded.Ok<ControlMessage>(ControlMessage request)) {
            requests.add(request);
          }
          controller.publish(
              message.getReplyTo(),
              ControlJson.encode(
                  new OperatorReply(OperatorReply.Verdict.REFUSED, "not the leader")));
        });
    answers.subscribe("blkwarden.v1.operator.>");
    TopCommand top = new TopCommand();
    var _ = new CommandLine(top).parseArgs("--nats", server.url());
    assertThat(top.act(disk, true)).isEqualTo("refused: not the leader");
    assertThat(top.act(disk, false)).isEqualTo("refused: not the leader");
    HostId host = new HostId("dom0-7");
    assertThat(requests)
        .extracting(each -> ((OperatorRequest) each).ask())
        .containsExactly(
            new OperatorRequest.Throttle(
                host, disk.uuid(), "xvda2", Restraint.Priority.IDLE, 600_000, null),
            new OperatorRequest.Release(host, disk.uuid(), "xvda2"));
    assertThat(requests)
        .allSatisfy(each -> assertThat(((OperatorRequest) each).reason()).isEqualTo("from top"));
  }

  @Test
  void unreachableNatsIsReportedWithHint() {
    CommandResult result = CommandResult.run("nats://127.0.0.1:1", "top", "--count=1");
    assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(result.err()).contains("cannot reach NATS at", "start nats-server");
    assertThat(CommandResult.run(server.url(), "top", "--host=", "--count=1").code())
        .isEqualTo(ExitCodes.USAGE);
  }
}
