package io.blkwarden.agent.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutcomeFileTest {
  @TempDir Path directory;

  private static Outcome outcome(int number) {
    return new Outcome(
        MessageId.of(number, new Random(number)),
        new HostId("dom0-1"),
        new UUID(0, 1),
        Instant.ofEpochMilli(number),
        null,
        null,
        Outcome.Result.DONE,
        null,
        "line one\nline two of " + number,
        null,
        null,
        List.of(),
        null,
        null,
        null);
  }

  private Path file() {
    return directory.resolve("outcomes.jsonl");
  }

  @Test
  void loadsOutcomesInOrder() throws IOException {
    OutcomeFile file = new OutcomeFile(directory);
    assertThat(file.load()).isEmpty();
    assertThat(file.add(outcome(1))).isEmpty();
    assertThat(file.add(outcome(2))).isEmpty();

    assertThat(new OutcomeFile(directory).load()).containsExactly(outcome(1), outcome(2));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");

    assertThat(file.retain(List.of(outcome(2)))).isEmpty();
    assertThat(new OutcomeFile(directory).load()).containsExactly(outcome(2));
  }

  @Test
  void incompleteLineIsSkipped() throws IOException {
    new OutcomeFile(directory).add(outcome(1));
    Files.writeString(file(), "{\"schema\":\"blkw", UTF_8, StandardOpenOption.APPEND);

    OutcomeFile next = new OutcomeFile(directory);
    assertThat(next.load()).containsExactly(outcome(1));
    next.add(outcome(2));

    assertThat(new OutcomeFile(directory).load()).containsExactly(outcome(1), outcome(2));
  }

  @Test
  void invalidLineIsSkipped() throws IOException {
    OutcomeFile file = new OutcomeFile(directory);
    file.add(outcome(1));
    Files.writeString(file(), "garbage\n\n", UTF_8, StandardOpenOption.APPEND);
    file.add(outcome(2));

    assertThat(new OutcomeFile(directory).load()).containsExactly(outcome(1), outcome(2));
  }

  @Test
  void reportsWriteErrors() throws IOException {
    Path blocked = directory.resolve("blocked");
    Files.createFile(blocked);

    assertThat(new OutcomeFile(blocked).add(outcome(1)))
        .hasValueSatisfying(why -> assertThat(why).contains("cannot be written"));
  }
}
