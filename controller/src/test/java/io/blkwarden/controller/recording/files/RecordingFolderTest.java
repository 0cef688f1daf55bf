package io.blkwarden.controller.recording.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.recording.Entries;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.RecordingReader;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordingFolderTest {
  private static final UUID SESSION = UUID.fromString("1f3a9c02-0000-4000-8000-000000000001");

  @TempDir Path folder;
  private final Random random = new Random(5);

  private RecordingFolder recording(long totalBytes) {
    return new RecordingFolder(
        folder, new RecordingFolder.Limits(1 << 20, totalBytes), SESSION, "blkwarden.v1");
  }

  private Entry.Message sample(long millis) {
    byte[] noise = new byte[50_000];
    random.nextBytes(noise);
    return Entries.message(millis, "sample.1.dom0-7", noise);
  }

  private static List<Entry> read(Path file) throws Exception {
    List<Entry> entries = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      RecordingReader reader = new RecordingReader(in, Files.size(file), 0);
      for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
        entries.add(next.get());
      }
      assertThat(reader.corruptRanges()).isEmpty();
    }
    return entries;
  }

  @Test
  void nextFileStartsWithTheMaps() throws Exception {
    try (RecordingFolder recording = recording(100 << 20)) {
      recording.add(Entries.message(0, "mapping.1.dom0-7.snapshot", "{old}"));
      recording.add(Entries.message(1, "mapping.1.dom0-7.snapshot", "{new}"));
      for (int i = 2; i < 62; i++) {
        recording.add(sample(i));
      }
      assertThat(recording.files()).isEqualTo(3);
      assertThat(recording.deleted()).isZero();
    }
    List<Path> files = RecordingFolder.list(folder);

    assertThat(files)
        .extracting(path -> path.getFileName().toString())
        .containsExactly(
            "blkwarden-20261118T110640.000Z-1f3a9c02-0000.bwrec",
            "blkwarden-20261118T110640.023Z-1f3a9c02-0001.bwrec",
            "blkwarden-20261118T110640.044Z-1f3a9c02-0002.bwrec");
    int samples = 0;
    for (Path file : files) {
      List<Entry> entries = read(file);
      samples +=
          (int)
              entries.stream()
                  .filter(entry ->
                      entry instanceof Entry.Message m && m.subject().startsWith("sample."))
                  .count();
    }
    assertThat(samples).isEqualTo(60);
    assertThat(Entries.text(read(files.getLast()).getFirst())).contains("carried", "{new}");
  }

  @Test
  void oldestFilesAreDeletedAboveTheLimit() throws Exception {
    Path foreign = Files.writeString(folder.resolve("notes.txt"), "mine");
    try (RecordingFolder recording = recording(3 << 20)) {
      for (int i = 0; i < 200; i++) {
        recording.add(sample(i));
      }
      assertThat(recording.files()).isGreaterThan(8);
      assertThat(recording.deleted()).isPositive();
      assertThat(RecordingFolder.list(folder)).isNotEmpty();
    }
    long total = 0;
    for (Path file : RecordingFolder.list(folder)) {
      total += Files.size(file);
      assertThat(read(file)).isNotEmpty();
    }
    assertThat(total).isLessThanOrEqualTo((3 << 20) + 100_000);
    assertThat(foreign).exists();
  }

  @Test
  void mapsLargerThanTheFileSizeDoNotRotateEachEntry() throws Exception {
    byte[] map = new byte[3 << 20];
    random.nextBytes(map);
    long most = 16 << 20;
    try (RecordingFolder recording = recording(most)) {
      recording.add(Entries.message(0, "mapping.1.dom0-7.snapshot", map));
      for (int i = 1; i <= 200; i++) {
        recording.add(sample(i));
      }
      assertThat(recording.files()).isBetween(8, 13);
    }
    long total = 0;
    for (Path file : RecordingFolder.list(folder)) {
      total += Files.size(file);
    }
    assertThat(total).isLessThanOrEqualTo(most + 100_000);
  }

  /** Flushed entries are readable even if the file is never closed. */
  @Test
  void flushedEntriesSurviveAKill() throws Exception {
    RecordingFolder recording = recording(100 << 20);
    recording.add(sample(1));
    recording.flush();
    Path file = RecordingFolder.list(folder).getLast();
    try (InputStream in = Files.newInputStream(file)) {
      long size = Files.size(file);
      recording.add(sample(2)); // while it is read
      recording.flush();
      RecordingReader reader = new RecordingReader(in, size, 0);
      assertThat(Entries.read(reader)).hasSize(1);
      assertThat(reader.corruptRanges()).isEmpty();
    }
    recording.close();
    assertThat(read(file)).hasSize(2);
  }

  @Test
  void queueDropsSamplesFirstAndRecordsIt() throws Exception {
    Recorder recorder = new Recorder(400_000);
    for (int i = 0; i < 10; i++) {
      recorder.offer(sample(i));
    }
    recorder.offer(Entries.message(10, "outcome.dom0-7", "{}"));
    recorder.close(Entries.at(11));
    try (RecordingFolder recording = recording(100 << 20)) {
      recorder.run(recording, () -> {});
    }
    List<Entry> taken = read(RecordingFolder.list(folder).getFirst());

    assertThat(taken).hasSize(7);
    assertThat(taken.get(5)).isEqualTo(new Entry.Loss(Entries.at(10), 5, 0, false));
    assertThat(taken.getLast().toString()).startsWith("outcome.dom0-7");
    assertThat(recorder.samples()).isEqualTo(5);
    assertThat(recorder.others()).isEqualTo(1);
    assertThat(recorder.lost()).isEqualTo(5);
  }
}
