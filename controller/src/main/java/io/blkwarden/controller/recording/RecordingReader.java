package io.blkwarden.controller.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of a recording file, optionally from a given time; not thread-safe.
 *
 * <p>After a frame with a wrong checksum, reading continues at the next sync point, or the file
 * ends if there is none; {@link #corruptRanges()} has the skipped ranges. Frames of unknown kinds
 * are ignored.
 */
public final class RecordingReader {
  /** Maximum number of corrupt ranges listed. */
  public static final int CORRUPT_RANGES_MAX = 100;

  private final ByteWindow window;
  private final FileHeader header;
  private final long body;
  private final List<CorruptRange> corruptRanges = new ArrayList<>();
  private final CRC32C crc = new CRC32C();
  private final Inflater inflater = new Inflater(true);
  private long position;
  private @Nullable ReceiveTime sync;
  private boolean complete;
  private long droppedBytes;

  private record Frame(int kind, int from, int length) {}

  private record SyncPoint(long offset, ReceiveTime at) {}

  /**
   * Opens a recording.
   *
   * @throws RecordingException if the header is invalid
   */
  public RecordingReader(ByteSource source) throws IOException {
    window = new ByteWindow(source);
    header = readHeader();
    body = RecordingFormat.HEADER_FIXED + (long) header.prefix().length() + 4;
    position = body;
  }

  private FileHeader readHeader() throws IOException {
    int head = window.at(0, RecordingFormat.HEADER_FIXED);
    byte[] magic = RecordingFormat.MAGIC;
    if (head < 0
        || !Arrays.equals(window.array(), head, head + magic.length, magic, 0, magic.length)) {
      throw new RecordingException(
          "expected a recording, starting with 89 'BKWREC', found %s"
              .formatted(head < 0 ? "only %d bytes".formatted(window.size()) : "something else"));
    }
    ByteBuffer fields = ByteBuffer.wrap(window.array()).position(head + magic.length);
    int version = fields.getShort() & 0xFFFF;
    if (version != RecordingFormat.VERSION) {
      throw new RecordingException(
          "expected version %d, found %d".formatted(RecordingFormat.VERSION, version));
    }
    int prefix = fields.getShort() & 0xFFFF;
    int length = RecordingFormat.HEADER_FIXED + prefix;
    int all = length + 4 > RecordingFormat.HEADER_MAX ? -1 : window.at(0, length + 4);
    if (all < 0 || !checksumMatches(all, length)) {
      throw new RecordingException("header corrupt: wrong checksum");
    }
    fields = ByteBuffer.wrap(window.array()).position(all + 12);
    try {
      return new FileHeader(
          new UUID(fields.getLong(), fields.getLong()),
          fields.getInt(),
          timeOf(fields.getLong(), fields.getLong()),
          new String(
              window.array(),
              all + RecordingFormat.HEADER_FIXED,
              prefix,
              StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new RecordingException("header invalid: " + e.getMessage());
    }
  }

  private static ReceiveTime timeOf(long wallMillis, long monotonicMicros) {
    return new ReceiveTime(monotonicMicros, wallMillis);
  }

  private boolean checksumMatches(int from, int length) {
    crc.reset();
    crc.update(window.array(), from, length);
    return ByteBuffer.wrap(window.array()).getInt(from + length) == (int) crc.getValue();
  }

  /** Offset of the next frame. */
  public long position() {
    return position;
  }

  /** The file's header. */
  public FileHeader header() {
    return header;
  }

  /** The corrupt ranges so far, at most {@link #CORRUPT_RANGES_MAX}. */
  public List<CorruptRange> corruptRanges() {
    return List.copyOf(corruptRanges);
  }

  /** Number of corrupt bytes so far. */
  public long droppedBytes() {
    return droppedBytes;
  }

  /** Whether the end marker was read; false if the recorder still writes or crashed. */
  public boolean complete() {
    return complete;
  }

  /** The next entry; empty at the end of the file. */
  public Optional<Entry> next() throws IOException {
    while (position < window.size()) {
      Frame frame = frame(position);
      ReceiveTime base = sync;
      if (frame == null) {
        resume();
        continue;
      }
      long next = position + RecordingFormat.FRAME_HEAD + frame.length();
      switch (frame.kind()) {
        case RecordingFormat.SYNC -> {
          SyncPoint point = syncPoint(position, frame);
          sync = point == null ? null : point.at();
        }
        case RecordingFormat.END -> complete = true;
        case RecordingFormat.MESSAGE, RecordingFormat.CARRIED, RecordingFormat.LOSS -> {
          Entry entry =
              base == null
                  ? null
                  : new FrameParser(window.array(), frame.from(), frame.length() - 1, inflater)
                      .entry(frame.kind(), base);
          if (entry != null) {
            position = next;
            return Optional.of(entry);
          }
          corrupt(position, next - position, false);
        }
        default -> {} // from a later version
      }
      position = next;
    }
    return Optional.empty();
  }

  /**
   * Seeks the last sync point not later than a time, or else the start of the file. Entries from
   * there may be up to 10 s or 256 KiB older than the time.
   *
   * @param wallMillis the recorder's wall clock
   */
  public void seek(long wallMillis) throws IOException {
    long best = body;
    long low = body;
    long high = window.size();
    while (low < high) {
      long middle = low + (high - low) / 2;
      SyncPoint found = syncFrom(middle, high);
      if (found == null || found.at().wallMillis() > wallMillis) {
        high = middle;
      } else {
        best = found.offset();
        low = found.offset() + 1;
      }
    }
    position = best;
    sync = null;
    complete = false;
  }

  /** Skips to the next sync point. */
  private void resume() throws IOException {
    SyncPoint point = syncFrom(position + 1, window.size());
    long to = point == null ? window.size() : point.offset();
    corrupt(position, to - position, point == null);
    position = to;
    sync = null;
  }

  private void corrupt(long offset, long bytes, boolean torn) {
    droppedBytes += bytes;
    if (corruptRanges.size() < CORRUPT_RANGES_MAX) {
      corruptRanges.add(new CorruptRange(offset, bytes, torn));
    }
  }

  /** The frame at an offset; null if incomplete or corrupt. */
  private @Nullable Frame frame(long offset) throws IOException {
    int head = window.at(offset, RecordingFormat.FRAME_HEAD + 1);
    if (head < 0) {
      return null;
    }
    int length = ByteBuffer.wrap(window.array()).getInt(head);
    if (length < 1 || length > RecordingFormat.FRAME_MAX) {
      return null;
    }
    int all = window.at(offset, RecordingFormat.FRAME_HEAD + length);
    if (all < 0) {
      return null;
    }
    crc.reset();
    crc.update(window.array(), all, 4);
    crc.update(window.array(), all + RecordingFormat.FRAME_HEAD, length);
    if (ByteBuffer.wrap(window.array()).getInt(all + 4) != (int) crc.getValue()) {
      return null;
    }
    int kind = window.array()[all + RecordingFormat.FRAME_HEAD] & 0xFF;
    return new Frame(kind, all + RecordingFormat.FRAME_HEAD + 1, length);
  }

  /** The first sync point that starts in a range. */
  private @Nullable SyncPoint syncFrom(long from, long to) throws IOException {
    byte[] mark = RecordingFormat.SYNC_MARK;
    int markOffset = RecordingFormat.FRAME_HEAD + 1;
    for (long offset = from; offset < to; offset++) {
      int at = window.at(offset + markOffset, mark.length);
      if (at < 0) {
        return null;
      }
      byte[] bytes = window.array();
      if (bytes[at] == mark[0]
          && Arrays.equals(bytes, at, at + mark.length, mark, 0, mark.length)) {
        Frame frame = frame(offset);
        SyncPoint point = frame == null ? null : syncPoint(offset, frame);
        if (point != null) {
          return point;
        }
      }
    }
    return null;
  }

  private @Nullable SyncPoint syncPoint(long offset, Frame frame) {
    if (frame.kind() != RecordingFormat.SYNC || frame.length() < RecordingFormat.SYNC_LENGTH) {
      return null;
    }
    ByteBuffer fields =
        ByteBuffer.wrap(window.array()).position(frame.from() + RecordingFormat.SYNC_MARK.length);
    long place = fields.getLong();
    long wall = fields.getLong();
    long monotonic = fields.getLong();
    return place == offset && wall >= 0 && wall < Long.MAX_VALUE / 2 && monotonic >= 0
        ? new SyncPoint(offset, timeOf(wall, monotonic))
        : null;
  }
}
