package io.blkwarden.agent.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.bus.Publisher;
import io.blkwarden.agent.bus.TestMessages;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.api.KeyValueConfiguration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The NATS flows with a real server that is killed, frozen and missing. */
final class NatsFlowTest {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;

  private NatsServer server;
  private TestBus bus;
  private final Heard heard = new Heard();

  private static final class Heard implements Consumer<AgentInput> {
    final Queue<String> log = new ConcurrentLinkedQueue<>();

    @Override
    public void accept(AgentInput input) {
      switch (input) {
        case AgentInput.CommandReceived(IncomingCommand command) -> command(command);
        default -> log.add("connected");
      }
    }

    private void command(IncomingCommand command) {
      switch (command.command()) {
        case Decoded.Ok<Command>(Command ok) -> {
          log.add(ok.id().value());
          command.reply().accept(TestMessages.outcome(7));
        }
        case Decoded.Malformed<Command> bad -> log.add("malformed " + bad.reason());
      }
    }
  }

  @BeforeEach
  void start() throws Exception {
    server = NatsServer.start();
    bus = busTo(server.url());
  }

  private static TestBus busTo(String url) {
    return TestBus.of(
        new NatsSettings(
            List.of(url),
            Optional.empty(),
            Optional.empty(),
            TestMessages.HOST,
            SUBJECTS,
            ofMillis(100)),
        OutcomeJournal.NONE);
  }

  @AfterEach
  void stop() throws Exception {
    bus.stop(ofMillis(1));
    server.close();
  }

  private static ConditionFactory eventually() {
    return Awaitility.await().atMost(ofSeconds(60)).pollInterval(ofMillis(20));
  }

  private void startAndConnect() {
    bus.start(heard);
    eventually().until(() -> bus.state().connected());
  }

  private static Queue<Message> listen(Connection connection, String subject) throws Exception {
    Queue<Message> messages = new ConcurrentLinkedQueue<>();
    connection.createDispatcher(messages::add).subscribe(subject);
    connection.flush(ofSeconds(10));
    return messages;
  }

  /**
   * Sends a message to the reader itself. A flush is not sufficient: if its ping is lost in a
   * reconnection, each later flush waits for the pong of the next one.
   */
  private static void say(Connection reader) {
    try {
      reader.publish("reader.here", new byte[0]);
    } catch (IllegalStateException _) {
      // retried: nothing can be sent while reconnecting
    }
  }

  private static long revision(Message message) {
    return switch (ControlJson.decode(MappingEvent.class, message.getData())) {
      case Decoded.Ok<MappingEvent>(MappingEvent event) -> event.origin().revision();
      case Decoded.Malformed<MappingEvent> bad -> throw new AssertionError(bad.detail());
    };
  }

  @Test
  void commandIsAnswered() throws Exception {
    startAndConnect();
    Connection asker = server.connect();
    Message answer =
        asker.request(
            SUBJECTS.command(TestMessages.HOST),
            ControlJson.encode(TestMessages.command(1)),
            ofSeconds(30));

    assertThat(answer).isNotNull();
    assertThat(ControlJson.decode(Outcome.class, answer.getData()))
        .isEqualTo(new Decoded.Ok<>(TestMessages.outcome(7)));
    asker.publish(SUBJECTS.command(TestMessages.HOST), "inbox", "{".getBytes(UTF_8));
    eventually().until(() -> heard.log.contains("malformed TRUNCATED"));
  }

  @Test
  void commandWithoutAnInboxIsDropped() throws Exception {
    startAndConnect();
    Connection other = server.connect();
    byte[] command = ControlJson.encode(TestMessages.command(1));
    other.publish(SUBJECTS.command(TestMessages.HOST), command);
    other.publish(SUBJECTS.command(TestMessages.HOST), "$anything", command);
    other.publish(
        SUBJECTS.command(TestMessages.HOST), SUBJECTS.command(new HostId("dom0-8")), command);

    eventually()
        .untilAsserted(
            () -> assertThat(bus.state().drops()).containsEntry("commands_not_asked", 3L));
    assertThat(heard.log).containsOnly("connected");
  }

  @Test
  void eventsStayInOrderWhileDisconnected() throws Exception {
    startAndConnect();
    Connection reader = server.connect();
    Queue<Message> events = listen(reader, SUBJECTS.allMappings());
    Queue<Message> here = listen(reader, "reader.here");
    bus.pending.mapping(TestMessages.started(1));
    eventually().until(() -> events.size() == 1);

    server.kill();
    eventually().until(() -> !bus.state().connected());
    IntStream.rangeClosed(2, 200).forEach(n -> bus.pending.mapping(TestMessages.started(n)));
    bus.pending.sample(new byte[] {1});
    bus.pending.sample(new byte[] {2});
    assertThat(bus.state().drops()).containsEntry("samples", 2L);
    server.run();
    eventually()
        .until(() -> {
          say(reader);
          return !here.isEmpty();
        });
    eventually().until(() -> bus.state().connected());
    IntStream.rangeClosed(201, 210).forEach(n -> bus.pending.mapping(TestMessages.started(n)));

    eventually().until(() -> events.stream().anyMatch(m -> revision(m) == 210));
    // the reader may miss the first ones, but no later ones
    List<Long> heardRevisions = events.stream().skip(1).map(m -> revision(m)).distinct().toList();
    assertThat(heardRevisions).isSorted().endsWith(210L);
    assertThat(heardRevisions)
        .hasSize((int) (heardRevisions.getLast() - heardRevisions.getFirst() + 1));

    assertThat(heard.log).containsSubsequence("connected", "connected");
  }

  @Test
  void outcomesSurviveAKilledServer() throws Exception {
    Audit audit = new Audit(server.connect());

    startAndConnect();
    for (int n = 0; n < 300; n++) {
      bus.pending.outcome(TestMessages.outcome(n));
      if (n == 100 || n == 200) {
        server.kill();
        eventually().until(() -> !bus.state().connected());
      }
      if (n == 150 || n == 250) {
        server.run();
      }
    }

    eventually().ignoreExceptions().until(() -> audit.stored() >= 300);
    for (int n = 1; n <= 300; n++) {
      heard.log.add(audit.message(n));
    }

    for (int n = 0; n < 300; n++) {
      String detail = "\"outcome " + n + "\"";
      assertThat(heard.log.stream().filter(text -> text.contains(detail))).as(detail).isNotEmpty();
    }
    assertThat(bus.state().drops()).doesNotContainKey("outcomes");
  }

  @Test
  void outcomesWaitForAMissingStream() throws Exception {
    startAndConnect();
    bus.pending.outcome(TestMessages.outcome(1));
    eventually().until(() -> bus.state().faults().containsKey("audit"));

    Audit audit = new Audit(server.connect());
    eventually().until(() -> audit.stored() == 1);

    eventually().until(() -> bus.state().faults().isEmpty());
  }

  @Test
  void lastSnapshotIsStoredWhenTheBucketExists() throws Exception {
    startAndConnect();
    bus.pending.mapping(TestMessages.snapshot(4));
    eventually().until(() -> bus.state().faults().containsKey("mapping-bucket"));

    Connection manager = server.connect();
    manager
        .keyValueManagement()
        .create(KeyValueConfiguration.builder().name(Publisher.MAPPING_BUCKET).build());
    eventually()
        .until(() ->
            manager.keyValue(Publisher.MAPPING_BUCKET).get(HostToken.key(TestMessages.HOST))
                != null);
    byte[] kept =
        manager.keyValue(Publisher.MAPPING_BUCKET).get(HostToken.key(TestMessages.HOST)).getValue();
    assertThat(kept).isNotNull();
    assertThat(ControlJson.decode(MappingEvent.class, kept))
        .isEqualTo(new Decoded.Ok<>(TestMessages.snapshot(4)));
  }

  @Test
  void frozenServerDoesNotBlockTheCore() throws Exception {
    Audit audit = new Audit(server.connect());

    startAndConnect();
    server.freeze();
    try {
      assertTimeout(
          ofSeconds(20),
          () -> {
            for (int n = 0; n < 2_000; n++) {
              bus.pending.sample(new byte[16_000]);
              bus.pending.mapping(TestMessages.started(n));
              bus.pending.outcome(TestMessages.outcome(n));
              assertThat(bus.state().connected()).isIn(true, false);
            }
          });
    } finally {
      server.thaw();
    }

    eventually().ignoreExceptions().until(() -> audit.stored() >= 2_000);

    assertThat(bus.state().drops().get("samples")).isPositive();
  }

  @Test
  void connectsToAServerThatStartsLater() throws Exception {
    server.kill();
    bus.start(heard);
    eventually().until(() -> bus.state().faults().getOrDefault("nats", "").contains("cannot"));
    bus.pending.mapping(TestMessages.started(1));
    server.run();

    eventually().until(() -> bus.state().connected());
    eventually().until(() -> heard.log.contains("connected"));
  }

  @Test
  void pendingMessagesAreSentBeforeTheEnd() throws Exception {
    startAndConnect();
    Connection reader = server.connect();
    Queue<Message> events = listen(reader, SUBJECTS.allMappings());
    IntStream.rangeClosed(1, 100).forEach(n -> bus.pending.mapping(TestMessages.started(n)));

    bus.stop(ofSeconds(30));

    eventually().until(() -> events.size() == 100);
  }

  @Test
  void reconnectsAfterAuthenticationFailures() throws Exception {
    server.close();
    server = NatsServer.start("--user", "agent", "--pass", "right");
    bus = busTo(server.url().replace("nats://", "nats://agent:wrong@"));
    bus.start(heard);

    eventually()
        .until(() ->
            bus.state()
                .faults()
                .getOrDefault("nats", "")
                .toLowerCase(Locale.ROOT)
                .contains("authori"));
    // it still retries after the client's default limit
    eventually().until(() -> serverSaw("authentication error") >= 3);
  }

  private long serverSaw(String text) throws Exception {
    return server.log().lines().filter(line -> line.contains(text)).count();
  }
}
