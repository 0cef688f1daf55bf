package io.blkwarden.controller.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import io.blkwarden.controller.recording.RecordingReader.CorruptRange;
import io.blkwarden.controller.recording.RecordingReader.RecordingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RecordingReaderTest {
  private static final List<Entry> SMALL =
      List.of(
          Entries.message(
              0, "mapping.12.dom0-7.snapshot", "{\"a\":[%s]}".formatted("1,".repeat(300))),
          Entries.message(1, "sample.12.dom0-7", "B"),
          new Entry.Loss(Entries.at(900), 3, 1, true),
          Entries.message(1_000, "agent.12.dom0-7", ""),
          new Entry.Message(Entries.at(11_500), true, "outcome.dom0%2E7", new byte[] {0, -1}),
          Entries.message(11_600, "sample.12.dom0-7", "C"));

  private static final List<String> ALL = SMALL.stream().map(Entries::text).toList();

  private static RecordingReader reader(byte[] file) throws IOException {
    return reader(file, 0);
  }

  private static RecordingReader reader(byte[] file, long fromMillis) throws IOException {
    return new RecordingReader(new ByteArrayInputStream(file), file.length, fromMillis);
  }

  private static List<String> texts(List<? extends Entry> entries) {
    return entries.stream().map(Entries::text).toList();
  }

  /** A file with a block per entry, and the end of the header and of each block. */
  private static byte[] blocks(List<Integer> ends) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RecordingWriter writer = new RecordingWriter(out, Entries.HEADER)) {
      ends.add(out.size());
      for (Entry entry : SMALL) {
        writer.add(entry);
        writer.flush();
        ends.add(out.size());
      }
    }
    return out.toByteArray();
  }

  @Test
  void writtenEntriesAreRead() throws Exception {
    RecordingReader reader = reader(Entries.file(SMALL));

    assertThat(reader.header()).isEqualTo(Entries.HEADER);
    assertThat(Entries.read(reader)).isEqualTo(ALL);
    assertThat(reader.corruptRanges()).isEmpty();
  }

  @Test
  void clockMayStepBack() throws Exception {
    List<Entry> entries =
        List.of(
            Entries.message(5_000, "a", "1"),
            new Entry.Message(new ReceiveTime(10_100_000, 1_000), false, "b", new byte[0]),
            Entries.message(2, "c", "3"));

    assertThat(Entries.read(reader(Entries.file(entries)))).isEqualTo(texts(entries));
  }

  @Test
  void repetitivePayloadsAreCompressed() {
    byte[] file = Entries.file(List.of(Entries.message(0, "agent.1.a", "\"pid\":1,".repeat(500))));

    assertThat(file.length).isLessThan(300);
  }

  @Test
  void largestMessageIsRead() throws Exception {
    byte[] noise = new byte[Entry.PAYLOAD_MAX];
    new Random(3).nextBytes(noise);
    List<Entry> entries =
        List.of(
            Entries.message(0, "a", new byte[RecordingWriter.BLOCK_BYTES - 100]),
            Entries.message(1, "b", noise));

    assertThat(Entries.read(reader(Entries.file(entries)))).isEqualTo(texts(entries));
  }

  /** A file truncated at any byte: exactly the complete blocks are read. */
  @Test
  void truncatedFileEndsAtTheLastCompleteBlock() throws Exception {
    List<Integer> ends = new ArrayList<>();
    byte[] file = blocks(ends);
    for (int length = ends.getFirst(); length < file.length; length++) {
      int most = length;
      List<Integer> whole = ends.stream().filter(end -> end <= most).toList();
      RecordingReader reader = reader(Arrays.copyOf(file, length));

      assertThat(Entries.read(reader))
          .as("cut at %d", length)
          .isEqualTo(ALL.subList(0, whole.size() - 1));
      int end = whole.getLast();
      assertThat(reader.corruptRanges())
          .as("cut at %d", length)
          .isEqualTo(
              end == length ? List.of() : List.of(new CorruptRange(end, length - end, true)));
    }
  }

  /** Each byte corrupted in turn: only written data is read, and skipped ranges are reported. */
  @Test
  void corruptByteIsNeverReadAsData() throws Exception {
    List<Integer> ends = new ArrayList<>();
    byte[] file = blocks(ends);
    for (int at = 0; at < file.length; at++) {
      for (int bit : new int[] {1, 0x80}) {
        byte[] bad = file.clone();
        bad[at] ^= (byte) bit;
        if (at < ends.getFirst()) {
          assertThatThrownBy(() -> reader(bad)).isInstanceOf(RecordingException.class);
          continue;
        }
        RecordingReader reader = reader(bad);
        assertThat(ALL).as("byte %d", at).containsAll(Entries.read(reader));
        assertThat(reader.corruptRanges()).as("byte %d", at).isNotEmpty();
      }
    }
  }

  @Test
  void readingContinuesAtTheNextBlock() throws Exception {
    List<Integer> ends = new ArrayList<>();
    byte[] file = blocks(ends);
    file[ends.getFirst() + 60] ^= 1; // in the compressed snapshot
    RecordingReader reader = reader(file);

    assertThat(Entries.read(reader)).isEqualTo(ALL.subList(1, 6));
    assertThat(reader.corruptRanges())
        .containsExactly(new CorruptRange(ends.get(0), ends.get(1) - ends.get(0), false));
  }

  @Test
  void otherFilesAreRejected() {
    assertThatThrownBy(() -> reader(new byte[3]))
        .isInstanceOf(RecordingException.class)
        .hasMessageContaining("expected a recording", "only 3 bytes");
    assertThatThrownBy(() -> reader(new byte[3_000]))
        .isInstanceOf(RecordingException.class)
        .hasMessageContaining("found something else");
    byte[] later = Entries.file(SMALL);
    later[9] = 3;
    assertThatThrownBy(() -> reader(later))
        .isInstanceOf(RecordingException.class)
        .hasMessage("expected version 2, found 3");
  }

  @Test
  void entriesBeforeTheStartTimeAreSkipped() throws Exception {
    Random random = new Random(11);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RecordingWriter writer = new RecordingWriter(out, Entries.HEADER)) {
      writer.carry(Entries.at(0), Entries.message(0, "mapping.1.a.snapshot", "{}"));
      for (int second = 0; second < 3_000; second++) {
        byte[] noise = new byte[random.nextInt(4_000)];
        random.nextBytes(noise);
        writer.add(Entries.message(second * 1_000L, "sample.1.a", noise));
        writer.flush();
      }
    }
    long start = Entries.HEADER.startedAt().wallMillis();
    for (int second : new int[] {0, 1, 9, 10, 1_234, 2_999}) {
      RecordingReader reader = reader(out.toByteArray(), start + second * 1_000L);
      assertThat(reader.next().orElseThrow()).asString().startsWith("carried mapping.1.a");
      assertThat(reader.next().orElseThrow().at()).isEqualTo(Entries.at(second * 1_000L));
    }
    RecordingReader after = reader(out.toByteArray(), Long.MAX_VALUE);
    assertThat(Entries.read(after)).hasSize(1);
    assertThat(after.corruptRanges()).isEmpty();
  }
}
