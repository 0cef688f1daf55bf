package io.blkwarden.controller.recording;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;

/**
 * Writes entries as a recording file; not thread-safe.
 *
 * <p>Payloads are deflated if that saves at least 1/8.
 */
public final class FileEncoder {
  private final OutputStream out;
  private final CRC32C crc = new CRC32C();
  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  private ByteBuffer frame = ByteBuffer.allocate(64 << 10);
  private byte[] deflated = new byte[16 << 10];
  private long written;
  private long sinceSync = RecordingFormat.SYNC_BYTES;
  private ReceiveTime sync;

  /**
   * Starts a file and writes its header.
   *
   * @param out need not be buffered
   */
  public FileEncoder(OutputStream out, FileHeader header) throws IOException {
    this.out = out;
    this.sync = header.startedAt();
    byte[] prefix = header.prefix().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.allocate(RecordingFormat.HEADER_FIXED + prefix.length + 4);
    bytes.put(RecordingFormat.MAGIC);
    bytes.putShort((short) RecordingFormat.VERSION);
    bytes.putShort((short) prefix.length);
    bytes.putLong(header.session().getMostSignificantBits());
    bytes.putLong(header.session().getLeastSignificantBits());
    bytes.putInt(header.number());
    bytes.putLong(header.startedAt().wallMillis());
    bytes.putLong(header.startedAt().monotonicMicros());
    bytes.put(prefix);
    crc.update(bytes.array(), 0, bytes.position());
    bytes.putInt((int) crc.getValue());
    out.write(bytes.array());
    written = bytes.capacity();
  }

  /** Number of bytes written. */
  public long written() {
    return written;
  }

  /** Adds an entry, and a sync point before it if one is due. */
  public void add(Entry entry) throws IOException {
    ReceiveTime at = entry.at();
    long since = at.monotonicMicros() - sync.monotonicMicros();
    if (sinceSync >= RecordingFormat.SYNC_BYTES
        || since < 0
        || since >= RecordingFormat.SYNC_MICROS) {
      sync(at);
    }
    switch (entry) {
      case Entry.Message message -> {
        byte[] subject = message.subject().getBytes(StandardCharsets.UTF_8);
        start(message.carried() ? RecordingFormat.CARRIED : RecordingFormat.MESSAGE);
        ensureRemaining(64 + subject.length + message.payload().length);
        payload(at, subject, message.payload());
      }
      case Entry.Loss loss -> {
        start(RecordingFormat.LOSS);
        time(at);
        varint(loss.samples());
        varint(loss.control());
        frame.put((byte) (loss.disconnected() ? 1 : 0));
      }
    }
    end();
  }

  /** Writes the end marker; nothing may be added afterwards. */
  public void close() throws IOException {
    deflater.end();
    start(RecordingFormat.END);
    end();
  }

  private void sync(ReceiveTime at) throws IOException {
    sync = at;
    start(RecordingFormat.SYNC);
    frame.put(RecordingFormat.SYNC_MARK);
    frame.putLong(written);
    frame.putLong(at.wallMillis());
    frame.putLong(at.monotonicMicros());
    end();
    sinceSync = 0;
  }

  private void payload(ReceiveTime at, byte[] subject, byte[] payload) {
    int packed = payload.length < RecordingFormat.DEFLATE_MIN ? 0 : deflate(payload);
    frame.put((byte) (packed > 0 ? RecordingFormat.DEFLATED : 0));
    time(at);
    varint(subject.length);
    frame.put(subject);
    if (packed > 0) {
      varint(payload.length);
      frame.put(deflated, 0, packed);
    } else {
      frame.put(payload);
    }
  }

  /** Deflates a payload; returns the length, or 0 if the savings are too small. */
  private int deflate(byte[] payload) {
    int limit = payload.length - payload.length / 8;
    if (deflated.length < limit) {
      deflated = new byte[limit];
    }
    deflater.reset();
    deflater.setInput(payload);
    deflater.finish();
    int length = deflater.deflate(deflated, 0, limit);
    return deflater.finished() ? length : 0;
  }

  private void start(int kind) {
    frame.clear();
    frame.position(RecordingFormat.FRAME_HEAD);
    frame.put((byte) kind);
  }

  private void ensureRemaining(int bytes) {
    if (frame.remaining() < bytes) {
      frame =
          ByteBuffer.wrap(Arrays.copyOf(frame.array(), frame.position() + bytes))
              .position(frame.position());
    }
  }

  private void time(ReceiveTime at) {
    varint(at.monotonicMicros() - sync.monotonicMicros());
    long wall = at.wallMillis() - sync.wallMillis();
    varint((wall << 1) ^ (wall >> 63));
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      frame.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    frame.put((byte) rest);
  }

  private void end() throws IOException {
    int length = frame.position();
    frame.putInt(0, length - RecordingFormat.FRAME_HEAD);
    crc.reset();
    crc.update(frame.array(), 0, 4);
    crc.update(frame.array(), RecordingFormat.FRAME_HEAD, length - RecordingFormat.FRAME_HEAD);
    frame.putInt(4, (int) crc.getValue());
    out.write(frame.array(), 0, length);
    written += length;
    sinceSync += length;
  }
}
