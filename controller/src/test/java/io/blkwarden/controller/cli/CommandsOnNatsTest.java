package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.bus.RecordServer;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.FakeAgent;
import io.blkwarden.controller.testing.Fleet;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandsOnNatsTest {
  private static final HostId HOST = new HostId("dom0-7");
  private static final Subjects SUBJECTS = Subjects.DEFAULT;

  @TempDir Path folder;

  private final NatsServer server = NatsServer.start();
  private final FakeAgent agent = Fleet.connect(server, HOST);

  private final RecordServer records =
      new RecordServer(
          new NatsSettings(server.url(), null, null, SUBJECTS, "c1"),
          new ControllerCounters(),
          Clock.systemUTC());

  @BeforeEach
  void provision() throws Exception {
    records.start();
    agent
        .connection()
        .keyValueManagement()
        .create(KeyValueConfiguration.builder("blkwarden-mapping").build());
    stream("BLKWARDEN_ALERTS", "blkwarden.v1.alert.>");
    stream("BLKWARDEN_DECISIONS", "blkwarden.v1.decision.*");
    stream("BLKWARDEN_AUDIT", "blkwarden.v1.outcome.*");
    byte[] request = ControlJson.encode(ReplayRequest.since(null));
    await()
        .until(() ->
            agent
                    .connection()
                    .request(SUBJECTS.replay(RecordKind.MAPPING), request, Duration.ofSeconds(5))
                != null);
  }

  private void stream(String name, String subject) throws Exception {
    agent
        .connection()
        .jetStreamManagement()
        .addStream(StreamConfiguration.builder().name(name).subjects(subject).build());
  }

  @AfterEach
  void close() {
    records.close();
    agent.close();
    server.close();
  }

  @Test
  void mapTableEscapesNames() throws Exception {
    agent.snapshot(Fleet.snapshot(HOST, 1, "vm176\u001B[2J"));
    CommandResult result = CommandResult.run(server.url(), "map");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .startsWith("HOST    DOMAIN")
        .contains("dom0-7", "vm176\\u001B[2J", "xvda2", "swap", "/dev/vg/vm176_swap")
        .contains("137.xvda2-0[27444]", "full-name", "resolved")
        .doesNotContain("\u001B")
        .doesNotContain("stale");
  }

  @Test
  void policyCheckWarnsAboutPoliciesThatMatchNothing() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("p.yaml"),
            """
            policies:
              - name: storm
                match: { role: swap }
                when: { metric: iops, above: 200, for: 10s }
              - name: other
                match: { host: "other-*" }
                when: { metric: iops, above: 200, for: 10s }
            """);
    CommandResult empty =
        CommandResult.run(server.url(), "policy", "check", "--fleet", file.toString());
    assertThat(empty.err()).contains("no maps stored");
    assertThat(empty.code()).isZero();

    agent.snapshot(Fleet.snapshot(HOST, 1, "vm176"));
    CommandResult result =
        CommandResult.run(server.url(), "policy", "check", "--fleet", file.toString());

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("policy other: matches nothing in the stored maps")
        .doesNotContain("policy storm:");
  }

  @Test
  void mapOfOneHostAsJson() throws Exception {
    agent.snapshot(Fleet.snapshot(HOST, 1, "vm176"));
    CommandResult result = CommandResult.run(server.url(), "map", "--json", "--host", "dom0-7");

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .startsWith("[")
        .contains("\"host\" : \"dom0-7\"", "\"stale\" : false", "\"vdev\" : \"xvda2\"");

    CommandResult other =
        CommandResult.run(server.url(), "map", "--host", "dom0-8", "--listen", "100ms");
    assertThat(other.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(other.err()).contains("no map of host dom0-8: did you mean dom0-7?");
  }

  @Test
  void oldMapIsMarkedStale() throws Exception {
    agent.snapshot(Fleet.snapshot(HOST, 1, "vm176"));
    Thread.onSpinWait();
    CommandResult result =
        CommandResult.run(server.url(), "map", "--stale-after", "1s", "--listen", "100ms");
    for (int i = 0; i < 100 && !result.out().contains("(stale)"); i++) {
      result = CommandResult.run(server.url(), "map", "--stale-after", "1s", "--listen", "100ms");
    }

    assertThat(result.out()).contains("dom0-7 (stale)");
    assertThat(result.err()).contains("map of host dom0-7 is stale, stored");
  }

  @Test
  void reasonForMissingMapIsReported() throws Exception {
    Heartbeat.ProbeHealth size =
        new Heartbeat.ProbeHealth("mapping-size", false, "map exceeds max_payload of 65536");
    Heartbeat beat = Messages.beat(HOST, List.of(size));
    try (ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor()) {
      var _ =
          beats.scheduleAtFixedRate(
              () -> agent.connection().publish(SUBJECTS.heartbeat(HOST), ControlJson.encode(beat)),
              0,
              20,
              TimeUnit.MILLISECONDS);

      CommandResult all = CommandResult.run(server.url(), "map", "--listen", "1s");
      CommandResult one = CommandResult.run(server.url(), "map", "--host", HOST.value());

      assertThat(all.err()).contains("no map of host dom0-7: map exceeds max_payload of 65536");
      assertThat(one.code()).isEqualTo(ExitCodes.FAILED);
      assertThat(one.err()).contains("map exceeds max_payload").doesNotContain("did you mean");
      beats.shutdownNow();
    }
  }

  @Test
  void alertsArePrintedOnePerLine() throws Exception {
    publish(Messages.alert(1, Alert.State.FIRING));
    publish(Messages.alert(1, Alert.State.RESOLVED));
    CommandResult result = CommandResult.run(server.url(), "alerts", "--history");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out().lines())
        .hasSize(2)
        .first()
        .asString()
        .contains("firing", "warning", "dom0-7", "swap-storm", "vm176 has swapped 1");
    assertThat(CommandResult.run(server.url(), "alerts", "--history", "--json").out().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).startsWith("{\"schema\":\"blkwarden.alert.v1\""));
  }

  private void publish(Alert alert) throws Exception {
    agent
        .connection()
        .jetStream()
        .publish(
            SUBJECTS.alert(alert.severity().wire(), alert.host(), alert.policy()),
            ControlJson.encode(alert));
  }

  @Test
  void verdictDeterminesExitCode() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    agent
        .connection()
        .createDispatcher(message -> {
          String json = new String(message.getData(), StandardCharsets.UTF_8);
          asked.add(json);
          Verdict verdict =
              json.contains("release-all")
                  ? Verdict.DONE
                  : json.contains("throttle") ? Verdict.REFUSED : Verdict.FAILED;
          ControlMessage reply = new OperatorReply(verdict, "because \u001B[31m");
          agent.raw(message.getReplyTo(), ControlJson.encode(reply));
        })
        .subscribe(SUBJECTS.prefix() + ".operator.*");
    agent.flush();

    CommandResult throttle =
        CommandResult.run(server.url(), "throttle", "dom0-7/a/b/xvda2", "--reason", "too loud");
    assertThat(throttle.code()).isEqualTo(ExitCodes.REFUSED);
    assertThat(throttle.err()).isEqualToIgnoringNewLines("error: refused: because \\u001B[31m");
    assertThat(asked.getFirst())
        .contains("\"host\":\"dom0-7\"", "\"domain\":\"a/b\"", "\"disk\":\"xvda2\"")
        .contains("\"lease_ms\":600000", "\"reason\":\"too loud\"");
    assertThat(CommandResult.run(server.url(), "release", "dom0-7/vm176/xvda2").code())
        .isEqualTo(ExitCodes.FAILED);
    CommandResult all = CommandResult.run(server.url(), "release", "--all");
    assertThat(all.code()).isEqualTo(ExitCodes.DONE);
    assertThat(all.out()).contains("because");
    CommandResult json =
        CommandResult.run(
            server.url(), "throttle", "dom0-7/a/xvda2", "--reason", "too loud", "--json");
    assertThat(json.code()).isEqualTo(ExitCodes.REFUSED);
    assertThat(json.err()).isEmpty();
    assertThat(json.out())
        .isEqualToIgnoringNewLines(
            "{\"schema\":\"blkwarden.operator-reply.v1\",\"verdict\":\"refused\","
                + "\"detail\":\"because \\u001B[31m\"}");
  }

  @Test
  void missingControllerIsReportedByRequests() {
    CommandResult result = CommandResult.run(server.url(), "release", "--all");

    assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(result.err()).contains("no controller answers", "blkwarden controller");
  }

  @Test
  void missingControllerIsReportedByReads() {
    try (NatsServer empty = NatsServer.start()) {
      for (String command : List.of("alerts", "map", "why vm176", "silence list")) {
        CommandResult result = CommandResult.run(empty.url(), command.split(" "));
        assertThat(result.code()).as(command).isEqualTo(ExitCodes.FAILED);
        assertThat(result.err())
            .as(command)
            .contains("no controller answers on blkwarden.v1.")
            .contains("start one with 'blkwarden controller'");
      }
    }
  }

  @Test
  void whyPrintsTheAuditTrail() throws Exception {
    DecisionNote refusal = decision("vm176\u001B[2J");
    assertThat(CommandResult.run(server.url(), "why", "vm176").code()).isEqualTo(ExitCodes.FAILED);
    agent.raw(SUBJECTS.decision(HOST), ControlJson.encode(refusal));
    agent.raw(SUBJECTS.decision(HOST), ControlJson.encode(Messages.decision(1)));
    agent.raw(
        SUBJECTS.alert("warning", HOST, "swap-storm"),
        ControlJson.encode(Messages.alert(1, Alert.State.FIRING)));
    agent.flush();

    CommandResult result = CommandResult.run(server.url(), "why", "vm176\u001B[2J");
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("vm176\\u001B[2J/xvda2 on dom0-7", "safety check brake", "iops 812/s")
        .doesNotContain("\u001B")
        .hasLineCount(1);
    assertThat(CommandResult.run(server.url(), "why", "vm176").out()).hasLineCount(2);

    CommandResult json =
        CommandResult.run(server.url(), "why", "--json", Messages.id(1_000_000).value());
    assertThat(json.code()).as(json.err()).isZero();
    assertThat(json.out())
        .startsWith("{\"schema\":\"blkwarden.why.v1\"")
        .contains("\"guard\":\"brake\"", "\"iops\":812.4");

    CommandResult nothing = CommandResult.run(server.url(), "why", "vm9");
    assertThat(nothing.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(nothing.err()).contains("no records for vm9 in the last 24h: check the name");
    agent.snapshot(Fleet.snapshot(HOST, 1, "vm176"));
    assertThat(CommandResult.run(server.url(), "why", "wm176").err())
        .contains("did you mean vm176?");
    assertThat(CommandResult.run(server.url(), "why", "").code()).isEqualTo(ExitCodes.USAGE);
  }

  private static DecisionNote decision(String domain) {
    DecisionNote like = Messages.decision(2);
    return new DecisionNote(
        like.id(),
        like.at(),
        like.controller(),
        like.epoch(),
        like.host(),
        new DomainRef(new UUID(3, 9), 9, domain),
        like.vdev(),
        like.policy(),
        like.alert(),
        like.verdict(),
        like.guard(),
        like.throttle(),
        like.reason(),
        like.numbers(),
        null);
  }
}
