package io.blkwarden.controller.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  private static RecordingReader reader(byte[] file) throws Exception {
    return new RecordingReader(ByteSource.of(file));
  }

  private static List<String> texts(List<? extends Entry> entries) {
    return entries.stream().map(Entries::text).toList();
  }

  @Test
  void writtenEntriesAreRead() throws Exception {
    RecordingReader reader = reader(Entries.file(SMALL));

    assertThat(reader.header()).isEqualTo(Entries.HEADER);
    assertThat(Entries.read(reader)).isEqualTo(texts(SMALL));
    assertThat(reader.corruptRanges()).isEmpty();
    assertThat(reader.complete()).isTrue();
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

  /** A file truncated at any byte: exactly the complete frames are read. */
  @Test
  void truncatedFileEndsAtTheLastCompleteFrame() throws Exception {
    byte[] file = Entries.file(SMALL);
    int header = 48 + Entries.HEADER.prefix().length() + 4;
    List<String> whole = texts(SMALL);
    for (int length = header; length < file.length; length++) {
      RecordingReader reader = reader(Arrays.copyOf(file, length));
      List<String> found = Entries.read(reader);

      assertThat(found).as("cut at %d", length).isEqualTo(whole.subList(0, found.size()));
      assertThat(reader.complete()).isFalse();
      long dropped = reader.droppedBytes();
      RecordingReader again = reader(Arrays.copyOf(file, (int) (length - dropped)));
      assertThat(Entries.read(again)).as("without the torn tail").isEqualTo(found);
      assertThat(again.corruptRanges()).isEmpty();
      assertThat(reader.corruptRanges())
          .as("cut at %d", length)
          .hasSize(dropped == 0 ? 0 : 1)
          .allSatisfy(damage -> {
            assertThat(damage.torn()).isTrue();
            assertThat(damage.toString()).contains("%d bytes skipped".formatted(dropped));
          });
    }
  }

  /** Each byte corrupted in turn: only written data is read, and skipped ranges are reported. */
  @Test
  void corruptByteIsNeverReadAsData() throws Exception {
    byte[] file = Entries.file(SMALL);
    int header = 48 + Entries.HEADER.prefix().length() + 4;
    List<String> whole = texts(SMALL);
    for (int at = 0; at < file.length; at++) {
      for (int bit : new int[] {1, 0x80}) {
        byte[] bad = file.clone();
        bad[at] ^= (byte) bit;
        if (at < header) {
          assertThatThrownBy(() -> reader(bad)).isInstanceOf(RecordingException.class);
          continue;
        }
        RecordingReader reader = reader(bad);
        assertThat(whole).as("byte %d", at).containsAll(Entries.read(reader));
        assertThat(reader.droppedBytes()).as("byte %d", at).isPositive();
      }
    }
  }

  @Test
  void readingContinuesAtTheNextSyncPoint() throws Exception {
    byte[] file = Entries.file(SMALL);
    file[file.length / 3] ^= 1; // in the compressed snapshot, before the second sync point
    RecordingReader reader = reader(file);

    assertThat(Entries.read(reader)).isEqualTo(texts(SMALL.subList(4, 6)));
    assertThat(reader.complete()).isTrue();
    assertThat(reader.corruptRanges())
        .singleElement()
        .satisfies(damage -> assertThat(damage.torn()).isFalse());
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
    later[9] = 2;
    assertThatThrownBy(() -> reader(later))
        .isInstanceOf(RecordingException.class)
        .hasMessage("expected version 1, found 2");
  }

  @Test
  void seekFindsTime() throws Exception {
    Random random = new Random(11);
    List<Entry> entries = new ArrayList<>();
    for (int second = 0; second < 3_000; second++) {
      byte[] noise = new byte[random.nextInt(4_000)];
      random.nextBytes(noise);
      entries.add(Entries.message(second * 1_000L, "sample.1.a", noise));
    }
    RecordingReader reader = reader(Entries.file(entries));
    long begin = Entries.HEADER.startedAt().wallMillis();
    for (int second : new int[] {0, 1, 9, 10, 1_234, 2_999}) {
      reader.seek(begin + second * 1_000L);
      Entry first = reader.next().orElseThrow();
      assertThat(first.at().wallMillis() - begin)
          .as("second %d", second)
          .isBetween(second * 1_000L - 10_000, second * 1_000L);
    }
    reader.seek(begin - 1);
    assertThat(reader.next()).map(Entry::at).contains(Entries.at(0));
    reader.seek(Long.MAX_VALUE / 4);
    assertThat(Entries.read(reader)).isNotEmpty().hasSizeLessThanOrEqualTo(10);
    assertThat(reader.corruptRanges()).isEmpty();
  }

  @Test
  void syncMarkInsideMessageIsIgnored() throws Exception {
    byte[] inner = Entries.file(SMALL);
    byte[] noise = new byte[100];
    new Random(3).nextBytes(noise);
    List<Entry> entries =
        List.of(Entries.message(0, "sample.1.a", noise), Entries.message(1, "sample.1.a", inner));
    byte[] file = Entries.file(entries);
    file[150] ^= 1;
    RecordingReader reader = reader(file);

    assertThat(Entries.read(reader)).isEmpty();
    assertThat(reader.corruptRanges())
        .singleElement()
        .satisfies(damage -> assertThat(damage.torn()).isTrue());
  }
}
