package io.blkwarden.systemtests.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.agent.state.StateFolders;
import io.blkwarden.agent.state.StateLock;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.systemtests.SimulatedAgents;
import io.blkwarden.systemtests.StormyFleet;
import io.blkwarden.systemtests.monitoring.Checkout;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON output of every command with a running fleet has exactly the keys of docs/CLI.md. The
 * output is kept in target/commands, as examples for docs/CLI.md.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommandJsonTest {
  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final String ROOT =
      Checkout.file("host-agent/src/test/resources/capture-4.17").toString();
  private static final String EXAMPLES = Checkout.file("docs/examples").toString();

  private static final Set<String> MESSAGES =
      Set.of(
          "blkwarden.alert.v1",
          "blkwarden.operator-reply.v1",
          "blkwarden.silence.v1",
          "blkwarden.ack.v1",
          "blkwarden.pause.v1");

  private final Reference reference = new Reference();
  private final List<String> differences = new ArrayList<>();
  private final Path folder;
  private final Path printed = Files.createDirectories(Path.of("target/commands"));
  private final StormyFleet fleet;
  private SimulatedAgents agents;
  private final ControllerRuntime controller;

  CommandJsonTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    fleet = new StormyFleet(folder);
    controller =
        ControllerRuntime.start(
            new ControllerSettings(
                fleet.bus(),
                fleet.policies(),
                null,
                null,
                null,
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT);
  }

  @BeforeAll
  void start() {
    agents = fleet.start();
    until(
        "alerts --history --json", each -> each.at("/action/effect").asString("").equals("worked"));
  }

  @AfterAll
  void stop() throws InterruptedException {
    agents.close();
    controller.close();
    fleet.close();
  }

  private Printed type(String command) {
    return Printed.blkwarden(fleet.url(), command.split(" ", -1));
  }

  /** Repeats the command until a line of the output matches. */
  private JsonNode until(String command, Predicate<JsonNode> wanted) {
    AtomicReference<JsonNode> found = new AtomicReference<>();
    await(command)
        .atMost(BOUND)
        .until(() -> {
          type(command).lines().stream().filter(wanted).findFirst().ifPresent(found::set);
          return found.get() != null;
        });
    return found.get();
  }

  private JsonNode checked(String heading, JsonNode json) throws IOException {
    if (MESSAGES.contains(json.path("schema").asString(""))) {
      assertThat(ControlJson.decode(ControlMessage.class, json.toString().getBytes(UTF_8)))
          .as("%s prints a message of the protocol", heading)
          .isInstanceOf(Decoded.Ok.class);
    }
    Files.writeString(printed.resolve(heading.replace(' ', '-') + ".json"), json.toPrettyString());
    reference
        .example(heading)
        .map(example -> Shape.differences(example, json))
        .orElse(Set.of("has no ```json example"))
        .forEach(each -> differences.add("%s: %s".formatted(heading, each)));
    return json;
  }

  private JsonNode checked(String heading, Printed typed) throws IOException {
    assertThat(typed.code()).as("%s: %s%s", heading, typed.err(), typed.out()).isZero();
    assertThat(typed.err()).as(heading).isEmpty();
    assertThat(typed.out()).as("plain ASCII").matches("[ -~\\r\\n]*");
    return checked(heading, typed.json());
  }

  @AfterEach
  void printsWhatTheDocsShow() {
    List<String> found = List.copyOf(differences);
    differences.clear();
    assertThat(found).as("docs/CLI.md is not as commands print").isEmpty();
  }

  @Test
  void commandsThatReadTheFleet() throws IOException {
    checked("blkwarden map", type("map --json --host sim-1"));
    checked(
        "blkwarden alerts",
        steady(until("alerts --json", each -> each.at("/alerts/0/incident").isString())));
    checked(
        "blkwarden status",
        steady(until("status --json", each -> each.at("/throttles/0/effect").isString())));
    assertThat(type("status --json").code()).as("something needs attention").isEqualTo(4);
    checked("blkwarden hosts", type("hosts --json --host sim-1"));
    checked(
        "blkwarden throttles",
        until("throttles --json", each -> each.at("/throttles/0/effect").isString()));
    checked("blkwarden why", type("why --json vm101"));
    checked(
        "blkwarden top",
        until(
            "top --json --count 2 --interval 1s --filter vm101",
            look -> look.at("/disks/0/await_ms").isNumber()));
    checked("Errors", Printed.read(type("map --json --host sim-11").err()));
  }

  @Test
  void operatorRequests() throws IOException {
    JsonNode asked = until("proposals --json", reply -> reply.path("proposals").size() > 1);
    checked("blkwarden proposals", asked);
    String first = asked.at("/proposals/0/id").asString();
    checked("blkwarden approve", type("approve --json " + first));
    String other = asked.at("/proposals/1/id").asString();
    checked("blkwarden deny", type("deny --json " + other));
    JsonNode disk = type("map --json --host sim-1").json().get(1);
    String path =
        "sim-1/%s/%s"
            .formatted(disk.at("/domain/name").asString(), disk.at("/disk/vdev").asString());
    checked("blkwarden throttle", type("throttle --json --reason tests " + path));
    checked("blkwarden release", type("release --json " + path));
  }

  /** Without values that depend on other tests. */
  private static JsonNode steady(JsonNode report) {
    report.path("alerts").forEach(each -> ((ObjectNode) each).remove("suppressed_by"));
    return report;
  }

  /** A dom0 that stored its map and was then stopped. */
  @Test
  void removedHost() throws Exception {
    HostId gone = new HostId("dom0-9");
    byte[] map =
        ControlJson.encode(
            new MappingSnapshot(
                new MappingOrigin(gone, new UUID(0, 1), new UUID(0, 2), 1, Instant.now()),
                List.of(),
                List.of(),
                List.of(),
                new CounterBase(0, List.of(), List.of(), List.of())));
    Connection agent = Nats.connect(fleet.url());
    try {
      agent.keyValue("blkwarden-mapping").put(HostToken.key(gone), map);
      agent.publish(Subjects.DEFAULT.mapping(gone, "snapshot"), map);
      agent.flush(BOUND);
      await("host is known")
          .atMost(BOUND)
          .until(() ->
              controller.view().hosts().stream()
                  .anyMatch(each -> each.host().equals(gone.value())));

      checked("blkwarden forget", type("forget --json dom0-9"));

      assertThat(agent.keyValue("blkwarden-mapping").get(HostToken.key(gone))).isNull();
      assertThat(type("map --json --host dom0-9").code()).isEqualTo(ExitCodes.FAILED);
      assertThat(type("forget --json dom0-9").code()).isEqualTo(ExitCodes.FAILED);
      assertThat(type("forget --json sim-1").code()).isEqualTo(ExitCodes.REFUSED);
    } finally {
      agent.close();
    }
  }

  @Test
  void silencesAcksAndPause() throws IOException {
    JsonNode silence =
        checked(
            "blkwarden silence add", type("silence add --json --for 2h --reason move --host a*"));
    checked("blkwarden silence list", type("silence list --json"));
    String id = silence.get("id").asString();
    checked("blkwarden silence expire", type("silence expire --json " + id));
    String alert = until("alerts --history --json", _ -> true).get("id").asString();
    checked("blkwarden ack", type("ack --json --reason mine " + alert));
    assertThat(type("ack --json --undo " + alert).json().toString())
        .isEqualTo(
            "{\"schema\":\"blkwarden.ended.v1\",\"what\":\"ack\",\"id\":\"%s\"}".formatted(alert));
    checked("blkwarden pause", type("pause --json --reason move"));
    checked("blkwarden resume", type("resume --json"));
  }

  @Test
  void recordingsAndPolicies() throws IOException {
    Path tape = folder.resolve("tape");
    Printed recorded =
        type("record --json --for 3s --dir %s --policies %s".formatted(tape, fleet.policies()));
    assertThat(recorded.err().lines())
        .as("notes are JSON objects")
        .isNotEmpty()
        .allSatisfy(line -> checked("Notes", Printed.read(line)));
    checked("blkwarden record", recorded.json());
    checked("blkwarden replay", type("replay --json " + tape));
    checked("blkwarden policy check", type("policy check --json " + fleet.policies()));
    checked("blkwarden policy show", type("policy show --json " + fleet.policies()));
    checked(
        "blkwarden policy test", type("policy test --json " + EXAMPLES + "/swap-storm-test.yaml"));
    checked(
        "blkwarden nats init", type("nats init --json --dir " + folder.resolve("nats") + " a b"));
  }

  @Test
  void agentCommands() throws IOException {
    checked("blkwarden-agent map", Printed.agent("map", "--json", "--root", ROOT));
    checked("blkwarden-agent top", Printed.agent("top", "--json", "--count=1", "--root", ROOT));
    checked(
        "blkwarden-agent doctor", Printed.agent("doctor", "--json", "--no-nats", "--root", ROOT));
    Path state = folder.resolve("agent");
    String option = "--state-dir=" + state;
    checked("blkwarden-agent release-all", Printed.agent("release-all", "--json", option));
    try (StateLock agent =
        ((StateLock.Attempt.Taken) StateLock.attempt(StateFolders.beside(state))).lock()) {
      assertThat(agent).isNotNull();
      checked("blkwarden-agent hand-over", Printed.agent("hand-over", "--json", option));
    }
  }

  @Test
  void everyCommandWithJsonHasAnExample() {
    List<String> without =
        reference.commands().stream()
            .filter(command -> reference.arguments(command).contains("--json"))
            .filter(command -> reference.example(command).isEmpty())
            .toList();
    assertThat(without).isEmpty();
  }
}
