package io.blkwarden.controller.recording.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.controller.recording.Entries;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordingSetTest {
  private static final UUID SESSION = UUID.fromString("1f3a9c02-0000-4000-8000-000000000001");
  private static final UUID LATER = UUID.fromString("0a3a9c02-0000-4000-8000-000000000002");
  private static final long WALL = Entries.HEADER.startedAt().wallMillis();

  @TempDir Path folder;
  private final Random random = new Random(5);

  private RecordingFolder session(UUID session) {
    return new RecordingFolder(
        folder, new RecordingFolder.Limits(1 << 20, 100 << 20), session, "blkwarden.v1");
  }

  private byte[] noise(int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  private List<String> read(long fromMillis) throws IOException {
    List<String> found = new ArrayList<>();
    RecordingSet set = RecordingSet.open(List.of(folder));
    set.read(
        fromMillis,
        (file, entry, _) ->
            found.add("%d %s".formatted(entry.at().monotonicMicros() / 1_000_000, entry)));
    found.addAll(set.problems());
    return found;
  }

  @Test
  void fileWithoutHeaderIsSkippedAndReported() throws Exception {
    try (RecordingFolder recording = session(SESSION)) {
      recording.add(Entries.message(0, "alert.x", "one"));
    }
    Path begun = folder.resolve("blkwarden-20991122T180005.120Z-1f3a9c02-0003.bwrec");
    Files.createFile(begun);

    RecordingSet set = RecordingSet.open(List.of(folder));

    assertThat(set.size()).isEqualTo(1);
    assertThat(set.problems())
        .containsExactly(
            begun
                + ": skipped: expected a recording, starting with 89 'BKWREC', found only 0"
                + " bytes");
    assertThatThrownBy(() -> RecordingSet.open(List.of(begun)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(begun + ": expected a recording");
  }

  @Test
  void fileGivenTwiceIsReadOnce() throws Exception {
    try (RecordingFolder recording = session(SESSION)) {
      recording.add(Entries.message(0, "alert.x", "one"));
    }
    Path file = RecordingFolder.list(folder).getFirst();

    assertThat(RecordingSet.open(List.of(folder, file, file)).size()).isEqualTo(1);
  }

  @Test
  void mapsPrecedeTheStartTime() throws Exception {
    try (RecordingFolder recording = session(SESSION)) {
      recording.add(Entries.message(0, "mapping.1.dom0-7.snapshot", "{}"));
      for (long second = 1; second <= 400; second++) {
        recording.add(Entries.message(second * 1_000, "sample.1.dom0-7", noise(10_000)));
      }
    }
    assertThat(RecordingFolder.list(folder)).hasSize(4);

    List<String> found = read(WALL + 300_000);

    assertThat(found).first().asString().contains("carried mapping.1.dom0-7.snapshot");
    assertThat(found)
        .filteredOn(line -> line.contains("sample"))
        .first()
        .satisfies(line ->
            assertThat(Integer.parseInt(line.substring(0, line.indexOf(' '))))
                .isBetween(5 + 180, 5 + 210));
    assertThat(found).last().asString().startsWith("405 ");
    assertThat(read(0)).filteredOn(line -> line.contains("sample")).hasSize(400);
  }

  @Test
  void filesOfASessionAreOrderedByNumber() throws Exception {
    try (RecordingFolder later = session(LATER)) {
      later.add(message(100, WALL + 100_000));
    }
    try (RecordingFolder recording = session(SESSION)) {
      for (long second = 0; second < 6; second++) {
        long back = second < 3 ? 0 : 60_000;
        recording.add(message(second, WALL + second * 1_000 - back));
      }
    }
    assertThat(RecordingFolder.list(folder)).hasSize(4);

    assertThat(read(0))
        .extracting(line -> line.substring(0, line.indexOf(' ')))
        .containsExactly("0", "1", "2", "3", "4", "5", "100");
  }

  private Entry.Message message(long second, long wallMillis) {
    return new Entry.Message(
        new ReceiveTime(second * 1_000_000, wallMillis), false, "sample.1.h", noise(600_000));
  }
}
