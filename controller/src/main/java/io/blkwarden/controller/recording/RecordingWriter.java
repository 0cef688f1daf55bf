package io.blkwarden.controller.recording;

import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes entries as a recording file: a header, then blocks of entries, each deflated and with a
 * checksum of its own; see {@code docs/PROTOCOL.md}. Not thread-safe.
 */
public final class RecordingWriter implements AutoCloseable {
  static final long MAGIC = 0x89424b575245430aL;
  static final short VERSION = 2;

  /** Length of a block's head: kind, length, inflated length, time and checksum. */
  static final int HEAD = 1 + 4 + 4 + 8 + 4;

  /** Inflated length at which a block is complete, in bytes. */
  static final int BLOCK_BYTES = 256 << 10;

  /** Maximum inflated length of a block: it exceeds {@link #BLOCK_BYTES} by one entry at most. */
  static final int BLOCK_MAX = BLOCK_BYTES + Entry.PAYLOAD_MAX + Entry.SUBJECT_MAX + 64;

  static final byte HEADER = 'h';
  static final byte ENTRIES = 'e';

  /** Snapshots from earlier files, which are read whatever the start time of a replay is. */
  static final byte CARRIED = 'c';

  static final byte MESSAGE = 0;
  static final byte CARRIED_MESSAGE = 1;
  static final byte LOSS = 2;

  private final OutputStream out;
  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private DataOutputStream block = new DataOutputStream(bytes);
  private byte kind = HEADER;
  private long latestMillis;
  private long written = 10;

  /** Starts a file and writes its header. */
  public RecordingWriter(OutputStream out, FileHeader header) throws IOException {
    this.out = out;
    out.write(ByteBuffer.allocate(10).putLong(MAGIC).putShort(VERSION).array());
    block.writeLong(header.session().getMostSignificantBits());
    block.writeLong(header.session().getLeastSignificantBits());
    block.writeInt(header.number());
    time(header.startedAt());
    block.writeUTF(header.prefix());
    flush();
  }

  /** Number of bytes written, with those of the current block before compression. */
  public long written() {
    return written + block.size();
  }

  /** Adds a snapshot from an earlier file. */
  public void carry(ReceiveTime at, Entry.Message snapshot) throws IOException {
    add(CARRIED, new Entry.Message(at, true, snapshot.subject(), snapshot.payload()));
  }

  /** Adds an entry. */
  public void add(Entry entry) throws IOException {
    add(ENTRIES, entry);
  }

  private void add(byte to, Entry entry) throws IOException {
    if (kind != to) {
      flush();
      kind = to;
    }
    switch (entry) {
      case Entry.Message message -> {
        block.writeByte(message.carried() ? CARRIED_MESSAGE : MESSAGE);
        time(message.at());
        block.writeUTF(message.subject());
        block.writeInt(message.payload().length);
        block.write(message.payload());
      }
      case Entry.Loss loss -> {
        block.writeByte(LOSS);
        time(loss.at());
        block.writeLong(loss.samples());
        block.writeLong(loss.control());
        block.writeBoolean(loss.disconnected());
      }
    }
    if (block.size() >= BLOCK_BYTES) {
      flush();
    }
  }

  private void time(ReceiveTime at) throws IOException {
    block.writeLong(at.monotonicMicros());
    block.writeLong(at.wallMillis());
    latestMillis = Math.max(latestMillis, at.wallMillis());
  }

  /** Completes the current block and flushes it. */
  public void flush() throws IOException {
    if (block.size() > 0) {
      ByteArrayOutputStream deflated = new ByteArrayOutputStream();
      deflater.reset();
      try (var all = new DeflaterOutputStream(deflated, deflater)) {
        bytes.writeTo(all);
      }
      ByteBuffer head = ByteBuffer.allocate(HEAD);
      head.put(kind).putInt(deflated.size()).putInt(block.size()).putLong(latestMillis);
      head.putInt(checksum(head.array(), deflated.toByteArray()));
      out.write(head.array());
      deflated.writeTo(out);
      written += HEAD + deflated.size();
      bytes = new ByteArrayOutputStream();
      block = new DataOutputStream(bytes);
      latestMillis = 0;
    }
    out.flush();
  }

  /** The checksum of a block, of its head without the checksum and its contents. */
  static int checksum(byte[] head, byte[] contents) {
    CRC32C crc = new CRC32C();
    crc.update(head, 0, HEAD - 4);
    crc.update(contents);
    return (int) crc.getValue();
  }

  /** Flushes the last block; does not close the stream. */
  @Override
  public void close() throws IOException {
    flush();
    deflater.end();
  }
}
