package io.blkwarden.controller.recording;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** Parses the fields of a frame with a valid checksum. */
final class FrameParser {
  private final byte[] bytes;
  private final int end;
  private final Inflater inflater;
  private int at;

  FrameParser(byte[] bytes, int from, int length, Inflater inflater) {
    this.inflater = inflater;
    this.bytes = bytes;
    this.at = from;
    this.end = from + length;
  }

  /** The entry of a message, carried or loss frame; null if its fields are invalid. */
  @Nullable Entry entry(int kind, ReceiveTime sync) {
    try {
      return kind == RecordingFormat.LOSS ? loss(sync) : message(kind, sync);
    } catch (IllegalArgumentException | DataFormatException e) {
      return null; // valid checksum, but written by another program
    }
  }

  private Entry loss(ReceiveTime sync) {
    ReceiveTime when = time(sync);
    return new Entry.Loss(when, varint(), varint(), raw() != 0);
  }

  private Entry message(int kind, ReceiveTime sync) throws DataFormatException {
    int flags = raw();
    ReceiveTime when = time(sync);
    int length = within(varint());
    String subject = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    byte[] payload =
        (flags & RecordingFormat.DEFLATED) != 0
            ? inflate(varint())
            : Arrays.copyOfRange(bytes, at, end);
    return new Entry.Message(when, kind == RecordingFormat.CARRIED, subject, payload);
  }

  private byte[] inflate(long length) throws DataFormatException {
    if (length < 0 || length > RecordingFormat.PAYLOAD_MAX) {
      throw new IllegalArgumentException("payload too long");
    }
    byte[] payload = new byte[(int) length];
    inflater.reset();
    inflater.setInput(bytes, at, end - at);
    if (inflater.inflate(payload) != length) {
      throw new IllegalArgumentException("payload too short");
    }
    return payload;
  }

  private ReceiveTime time(ReceiveTime sync) {
    long monotonic = varint();
    long wall = varint();
    return new ReceiveTime(
        sync.monotonicMicros() + monotonic, sync.wallMillis() + ((wall >>> 1) ^ -(wall & 1)));
  }

  private int within(long count) {
    if (count < 0 || count > end - at) {
      throw new IllegalArgumentException("beyond the frame");
    }
    return (int) count;
  }

  private int raw() {
    if (at >= end) {
      throw new IllegalArgumentException("beyond the frame");
    }
    return bytes[at++] & 0xFF;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = raw();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IllegalArgumentException("number too long");
  }
}
