package io.blkwarden.agent.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A file format of JSON records with a checksum per line, and the number of records in the last
 * line. Intact lines of a truncated or damaged file can still be read.
 */
final class RecordLines {
  private static final String END = "end ";
  private static final int CHECKSUM_LENGTH = 8;

  private RecordLines() {}

  /**
   * The content of a file.
   *
   * @param records the intact records, in order
   * @param whole whether no record is missing or damaged
   */
  record Read<T>(List<T> records, boolean whole) {}

  static byte[] encode(List<?> records) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    records.forEach(record -> line(text, LeaseDocument.MAPPER.writeValueAsBytes(record)));
    line(text, (END + records.size()).getBytes(UTF_8));
    return text.toByteArray();
  }

  private static void line(ByteArrayOutputStream text, byte[] record) {
    text.writeBytes((checksum(record, 0, record.length) + " ").getBytes(UTF_8));
    text.writeBytes(record);
    text.write('\n');
  }

  private static String checksum(byte[] bytes, int from, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, from, length);
    return "%08x".formatted(crc.getValue());
  }

  static <T> Read<T> decode(byte[] text, Class<T> type) {
    List<T> records = new ArrayList<>();
    boolean damaged = false;
    boolean ended = false;
    int lines = 0;
    int start = 0;
    for (int at = 0; at < text.length; at++) {
      if (text[at] == '\n') {
        byte[] record = record(text, start, at);
        if (record == null || ended) {
          damaged = true;
        } else if (new String(record, UTF_8).equals(END + lines)) {
          ended = true;
        } else {
          lines++;
          try {
            records.add(LeaseDocument.MAPPER.readValue(record, type));
          } catch (JacksonException | IllegalArgumentException _) {
            damaged = true;
          }
        }
        start = at + 1;
      }
    }
    return new Read<>(List.copyOf(records), ended && !damaged && start == text.length);
  }

  private static byte @Nullable [] record(byte[] text, int from, int to) {
    int start = from + CHECKSUM_LENGTH + 1;
    if (to < start || text[start - 1] != ' ') {
      return null;
    }
    String expected = new String(text, from, CHECKSUM_LENGTH, UTF_8);
    return expected.equals(checksum(text, start, to - start))
        ? Arrays.copyOfRange(text, start, to)
        : null;
  }
}
