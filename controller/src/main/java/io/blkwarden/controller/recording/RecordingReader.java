package io.blkwarden.controller.recording;

import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads the entries of a recording file; not thread-safe.
 *
 * <p>Blocks with a wrong checksum are skipped, as is the rest of the file if the length of a block
 * is invalid or beyond its end; {@link #corruptRanges()} has the skipped ranges.
 */
public final class RecordingReader {
  /** Maximum number of corrupt ranges listed. */
  public static final int CORRUPT_RANGES_MAX = 100;

  private final DataInputStream in;
  private final long size;
  private final long fromMillis;
  private final FileHeader header;
  private final List<CorruptRange> corruptRanges = new ArrayList<>();
  private DataInputStream block = new DataInputStream(InputStream.nullInputStream());
  private long start;
  private long position;

  /** A file is not a recording of a supported version. */
  public static final class RecordingException extends IOException {
    @Serial private static final long serialVersionUID = 1;

    RecordingException(String message) {
      super(message);
    }
  }

  /**
   * A range of a file that is not read.
   *
   * @param offset first byte
   * @param bytes length
   * @param truncated whether it extends to the end of the file, as after a crash of the recorder;
   *     otherwise reading continues after it
   */
  public record CorruptRange(long offset, long bytes, boolean truncated) {
    @Override
    public String toString() {
      return "%s: %d bytes skipped at offset %d%s"
          .formatted(
              truncated ? "truncated" : "corrupt",
              bytes,
              offset,
              truncated ? "" : ", up to the next block");
    }
  }

  /**
   * Opens a recording.
   *
   * @param in the file; should be buffered
   * @param size how many bytes are read
   * @param fromMillis wall clock in ms before which entries are skipped, except for carried
   *     snapshots and entries in a block with later ones
   * @throws RecordingException if the header is invalid
   */
  public RecordingReader(InputStream in, long size, long fromMillis) throws IOException {
    this.in = new DataInputStream(in);
    this.size = size;
    this.fromMillis = fromMillis;
    if (size < 10 || this.in.readLong() != RecordingWriter.MAGIC) {
      throw new RecordingException(
          "expected a recording, starting with 89 'BKWREC', found %s"
              .formatted(size < 10 ? "only %d bytes".formatted(size) : "something else"));
    }
    short version = this.in.readShort();
    if (version != RecordingWriter.VERSION) {
      throw new RecordingException(
          "expected version %d, found %d".formatted(RecordingWriter.VERSION, version));
    }
    position = 10;
    if (!nextBlock(RecordingWriter.HEADER) || !corruptRanges.isEmpty()) {
      throw new RecordingException("header corrupt: wrong checksum");
    }
    try {
      UUID session = new UUID(block.readLong(), block.readLong());
      header = new FileHeader(session, block.readInt(), time(), block.readUTF());
    } catch (IOException | IllegalArgumentException e) {
      throw new RecordingException("header invalid: " + e.getMessage());
    }
  }

  /** The file's header. */
  public FileHeader header() {
    return header;
  }

  /** Offset of the next block. */
  public long position() {
    return position;
  }

  /** The skipped ranges so far, at most {@link #CORRUPT_RANGES_MAX}. */
  public List<CorruptRange> corruptRanges() {
    return List.copyOf(corruptRanges);
  }

  /** The next entry; empty at the end. */
  public Optional<Entry> next() throws IOException {
    while (block.available() > 0 || nextBlock(RecordingWriter.ENTRIES)) {
      try {
        return Optional.of(entry());
      } catch (IOException | IllegalArgumentException e) {
        skipped(start, false); // valid checksum, but written by another program
      }
    }
    return Optional.empty();
  }

  private Entry entry() throws IOException {
    byte kind = block.readByte();
    ReceiveTime at = time();
    if (kind == RecordingWriter.LOSS) {
      return new Entry.Loss(at, block.readLong(), block.readLong(), block.readBoolean());
    }
    String subject = block.readUTF();
    int length = block.readInt();
    if (length > block.available()) {
      throw new IOException("payload beyond the block");
    }
    boolean carried = kind == RecordingWriter.CARRIED_MESSAGE;
    return new Entry.Message(at, carried, subject, block.readNBytes(length));
  }

  private ReceiveTime time() throws IOException {
    return new ReceiveTime(block.readLong(), block.readLong());
  }

  /** Reads the next valid block that is not skipped; false at the end of the file. */
  private boolean nextBlock(byte expected) throws IOException {
    while (position < size) {
      start = position;
      byte[] head = new byte[(int) Math.min(RecordingWriter.HEAD, size - position)];
      in.readFully(head);
      if (head.length < RecordingWriter.HEAD) {
        return truncated();
      }
      ByteBuffer fields = ByteBuffer.wrap(head);
      byte kind = fields.get();
      int length = fields.getInt();
      int inflated = fields.getInt();
      boolean early = fields.getLong() < fromMillis && kind == RecordingWriter.ENTRIES;
      position += RecordingWriter.HEAD;
      if (length < 1 || length > RecordingWriter.BLOCK_MAX || length > size - position) {
        return truncated();
      }
      position += length;
      byte[] contents = in.readNBytes(length);
      if (RecordingWriter.checksum(head, contents) != fields.getInt()
          || (kind == RecordingWriter.HEADER) != (expected == RecordingWriter.HEADER)) {
        skipped(start, false);
      } else if (!early) {
        if (inflate(contents, inflated)) {
          return true;
        }
        skipped(start, false);
      }
    }
    return false;
  }

  private boolean inflate(byte[] contents, int length) {
    byte[] all = new byte[Math.clamp(length, 1, RecordingWriter.BLOCK_MAX)];
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(contents);
      block = new DataInputStream(new ByteArrayInputStream(all));
      return inflater.inflate(all) == length;
    } catch (DataFormatException e) {
      return false;
    } finally {
      inflater.end();
    }
  }

  private boolean truncated() {
    position = size;
    skipped(start, true);
    return false;
  }

  private void skipped(long from, boolean toEnd) {
    block = new DataInputStream(InputStream.nullInputStream());
    if (corruptRanges.size() < CORRUPT_RANGES_MAX) {
      corruptRanges.add(new CorruptRange(from, position - from, toEnd));
    }
  }
}
