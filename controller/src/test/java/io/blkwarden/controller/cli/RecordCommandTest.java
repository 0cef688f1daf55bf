package io.blkwarden.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.bus.RecordServer;
import io.blkwarden.controller.recording.Entries;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.RecordingReader;
import io.blkwarden.controller.recording.RecordingReader.RecordingException;
import io.blkwarden.controller.recording.files.RecordingFolder;
import io.blkwarden.controller.testing.FakeAgent;
import io.blkwarden.controller.testing.Fleet;
import io.blkwarden.controller.testing.StoredRecords;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.api.KeyValueConfiguration;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recorder on a real nats-server. */
final class RecordCommandTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final HostId HOST = new HostId("dom0-7");
  private static final Subjects SUBJECTS = Subjects.DEFAULT;

  @TempDir Path folder;
  private final NatsServer server = NatsServer.start();
  private final FakeAgent agent = Fleet.connect(server, HOST);

  @AfterEach
  void close() {
    agent.close();
    server.close();
  }

  private List<String> recorded() throws Exception {
    List<String> all = new ArrayList<>();
    for (Path file : RecordingFolder.list(folder)) {
      try (InputStream in = Files.newInputStream(file)) {
        RecordingReader reader = new RecordingReader(in, Files.size(file), 0);
        for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
          if (next.get() instanceof Entry.Message message) {
            all.add(
                (message.carried() ? "carried " : "")
                    + message.subject()
                    + " "
                    + new String(message.payload(), UTF_8));
          } else {
            all.add(Entries.text(next.get()));
          }
        }
      }
    }
    return all;
  }

  /** Runs a command on its own thread: the client needs those of the common pool. */
  private CompletableFuture<CommandResult> typing(String... arguments) {
    return CompletableFuture.supplyAsync(
        () -> CommandResult.run(server.url(), arguments),
        task -> new Thread(task, "typing").start());
  }

  /** Publishes a message until it is recorded: the recorder may not be subscribed yet. */
  private void until(CompletableFuture<CommandResult> result, String subject, String wanted) {
    await(wanted)
        .atMost(BOUND)
        .ignoreExceptionsInstanceOf(RecordingException.class) // being written
        .failFast("the recorder ended", result::isDone)
        .until(() -> {
          agent.raw(subject, "probe".getBytes(UTF_8));
          return recorded().stream().anyMatch(line -> line.startsWith(wanted));
        });
  }

  @Test
  void allMessagesAreRecorded() throws Exception {
    agent
        .connection()
        .keyValueManagement()
        .create(KeyValueConfiguration.builder("blkwarden-mapping").build());
    agent.snapshot(Fleet.snapshot(HOST, 1, "vm176"));
    RecordServer records = StoredRecords.answering(server, agent.connection());
    CompletableFuture<CommandResult> result =
        typing(
            "record",
            "--dir",
            folder.toString(),
            "--for",
            "8s",
            "--json",
            "--policies",
            Files.createDirectory(folder.resolve("rules")).toString());
    until(result, "blkwarden.v1.agent.1.probe", "agent.1.probe probe");

    List<String> subjects =
        List.of(
            SUBJECTS.sample(HOST),
            SUBJECTS.mapping(HOST, "domain-started"),
            SUBJECTS.heartbeat(HOST),
            SUBJECTS.command(HOST),
            SUBJECTS.outcome(HOST),
            SUBJECTS.alert("warning", HOST, "swap storm"),
            SUBJECTS.operator("throttle"));
    for (String subject : subjects) {
      agent.raw(subject, ("sent on " + subject).getBytes(UTF_8));
    }
    agent.raw("blkwarden.v2.sample.1.a", "foreign".getBytes(UTF_8));
    agent.flush();
    CommandResult done = result.get(90, TimeUnit.SECONDS);

    assertThat(done.code()).as(done.err()).isZero();
    assertThat(done.out()).contains("\"samples\":1", "\"lost\":0", "\"files\":1");
    List<String> lines = recorded();
    assertThat(lines).first().asString().startsWith("policies {\"schema\"");
    assertThat(lines)
        .filteredOn(line -> line.contains(" sent on "))
        .containsExactlyElementsOf(
            subjects.stream()
                .map(subject -> subject.substring(SUBJECTS.prefix().length() + 1))
                .map(subject -> subject + " sent on blkwarden.v1." + subject)
                .toList());
    assertThat(lines)
        .anyMatch(line -> line.startsWith("carried mapping.") && line.contains("vm176"))
        .noneMatch(line -> line.contains("foreign"));
    records.close();
  }

  @Test
  void disconnectionIsRecordedAndPermanentCloseStopsTheRecorder() throws Exception {
    CompletableFuture<CommandResult> result = typing("record", "--dir", folder.toString());
    until(result, "blkwarden.v1.agent.1.before", "agent.1.before");
    server.kill();
    server.run();
    await("reconnected")
        .atMost(BOUND)
        .until(() -> agent.connection().getStatus().name().equals("CONNECTED"));
    until(result, "blkwarden.v1.agent.1.after", "agent.1.after");
    server.kill();
    server.run("--user", "somebody", "--pass", "else");

    CommandResult done = result.get(90, TimeUnit.SECONDS);

    assertThat(done.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(done.err()).contains("NATS closed the connection permanently", "check the log");
    assertThat(done.out())
        .as("reports what was recorded")
        .contains("other messages in 1 files", "and more while disconnected");
    assertThat(recorded()).anyMatch(line -> line.contains("disconnected=true"));
  }

  @Test
  void failsWithoutServerOrDirectory() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(CommandResult.run(server.url(), "record", "--dir", file.toString()))
        .satisfies(result -> {
          assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
          assertThat(result.err()).contains("cannot write to", "check its permissions");
        });
    assertThat(CommandResult.run("nats://127.0.0.1:1", "record", "--dir", folder.toString()))
        .satisfies(result -> {
          assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
          assertThat(result.err()).contains("cannot reach NATS");
        });
    assertThat(CommandResult.run(server.url(), "record", "--file-size", "9GiB").code())
        .isEqualTo(ExitCodes.USAGE);
    try (Stream<Path> entries = Files.list(folder)) {
      assertThat(entries).containsExactly(file);
    }
  }
}
