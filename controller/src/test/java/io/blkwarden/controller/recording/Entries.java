package io.blkwarden.controller.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Recordings for tests. */
public final class Entries {
  public static final FileHeader HEADER =
      new FileHeader(
          new UUID(7, 8), 3, new ReceiveTime(5_000_000, 1_795_000_000_000L), "blkwarden.v1");

  private Entries() {}

  /** A message at a time in ms after the start of the file. */
  public static Entry.Message message(long afterMillis, String subject, String payload) {
    return message(afterMillis, subject, payload.getBytes(UTF_8));
  }

  public static Entry.Message message(long afterMillis, String subject, byte[] payload) {
    return new Entry.Message(at(afterMillis), false, subject, payload);
  }

  public static ReceiveTime at(long afterMillis) {
    return new ReceiveTime(
        HEADER.startedAt().monotonicMicros() + afterMillis * 1_000,
        HEADER.startedAt().wallMillis() + afterMillis);
  }

  /** The file with the entries. */
  public static byte[] file(List<? extends Entry> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RecordingWriter writer = new RecordingWriter(out, HEADER)) {
      for (Entry entry : entries) {
        writer.add(entry);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** The entries of a file as text. */
  public static List<String> read(RecordingReader reader) throws IOException {
    List<String> found = new ArrayList<>();
    for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
      found.add(text(next.get()));
    }
    return found;
  }

  public static String text(Entry entry) {
    return switch (entry) {
      case Entry.Message m -> "%s %s %s".formatted(m.at(), m, new String(m.payload(), UTF_8));
      case Entry.Loss loss -> loss.toString();
    };
  }
}
