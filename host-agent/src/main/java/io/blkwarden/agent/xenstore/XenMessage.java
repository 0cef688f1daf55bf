package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message of the xenstore wire protocol: a header of 16 bytes and a payload of at most 4096 bytes
 * (but see {@link #MAX_LIST_BYTES}).
 *
 * <p>The header is four 32-bit numbers in the host's byte order: type, request id, transaction id,
 * payload length ({@code struct xsd_sockmsg}, xs_wire.h). Strings in a payload end with a NUL,
 * except the value in a READ reply.
 *
 * @param op its type
 * @param requestId its request id; it is outside a transaction
 * @param payload its payload
 */
@SuppressWarnings("ArrayRecordComponent") // never compared or changed
record XenMessage(XenOp op, int requestId, byte[] payload) {
  static final int HEADER_BYTES = 16;
  static final int MAX_PAYLOAD_BYTES = 4096;

  /**
   * Longest accepted list of children. oxenstored (seen with 4.17.5) sends a list of 7694 bytes
   * where the C server answers E2BIG.
   */
  static final int MAX_LIST_BYTES = 64 * 1024;

  private static final int LONGEST_ERROR = 64;
  private static final char REPLACEMENT = '\ufffd';

  /**
   * A message whose payload is NUL-terminated strings; empty if they are too long or contain a NUL.
   */
  static Optional<XenMessage> ofStrings(XenOp op, int requestId, String... strings) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    for (String string : strings) {
      if (string.indexOf(0) >= 0) {
        return Optional.empty();
      }
      payload.writeBytes(string.getBytes(StandardCharsets.UTF_8));
      payload.write(0);
    }
    return payload.size() > MAX_PAYLOAD_BYTES
        ? Optional.empty()
        : Optional.of(new XenMessage(op, requestId, payload.toByteArray()));
  }

  /** Appends the encoded message. */
  void encode(ByteArrayOutputStream into) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.nativeOrder());
    header.putInt(op.wire()).putInt(requestId).putInt(0).putInt(payload.length);
    into.writeBytes(header.array());
    into.writeBytes(payload);
  }

  /**
   * Reads one message from the buffer and sets its byte order to that of the host.
   *
   * @return null if more bytes are needed; the position is then unchanged
   * @throws ProtocolException if the bytes are invalid: the stream cannot be used any more
   */
  static @Nullable XenMessage decode(ByteBuffer bytes) throws ProtocolException {
    if (bytes.remaining() < HEADER_BYTES) {
      return null;
    }
    int start = bytes.position();
    bytes.order(ByteOrder.nativeOrder());
    int type = bytes.getInt(start);
    int length = bytes.getInt(start + 12);
    Optional<XenOp> op = XenOp.ofWire(type);
    if (op.isEmpty()) {
      throw new ProtocolException(
          "expected a message type, found " + Integer.toUnsignedString(type));
    }
    int limit = op.get() == XenOp.DIRECTORY ? MAX_LIST_BYTES : MAX_PAYLOAD_BYTES;
    if (length < 0 || length > limit) {
      throw new ProtocolException(
          "expected a payload of 0 to %d bytes, found %s"
              .formatted(limit, Integer.toUnsignedString(length)));
    }
    if (bytes.remaining() < HEADER_BYTES + length) {
      return null;
    }
    byte[] payload = new byte[length];
    bytes.position(start + HEADER_BYTES).get(payload);
    return new XenMessage(op.get(), bytes.getInt(start + 4), payload);
  }

  /** The payload as text without a terminator, as in a READ reply. */
  ReadResult<String> value(String source) {
    return text(source, payload, 0, payload.length);
  }

  /**
   * The payload as NUL-terminated strings, as in a DIRECTORY reply or a watch event; the last one
   * may lack its NUL.
   */
  ReadResult<List<String>> strings(String source) {
    return strings(source, payload);
  }

  static ReadResult<List<String>> strings(String source, byte[] payload) {
    return text(source, payload, 0, payload.length)
        .map(all -> {
          String strings = all.endsWith("\0") ? all.substring(0, all.length() - 1) : all;
          return all.isEmpty() ? List.of() : List.of(strings.split("\0", -1));
        });
  }

  /** The name in an ERROR reply, such as {@code ENOENT}. */
  String errorName() {
    StringBuilder name = new StringBuilder();
    for (int n = 0; n < Math.min(payload.length, LONGEST_ERROR) && payload[n] != 0; n++) {
      name.append(payload[n] > ' ' && payload[n] < 0x7f ? (char) payload[n] : '?');
    }
    return name.isEmpty() ? "an unnamed error" : name.toString();
  }

  /** Decodes UTF-8. */
  static ReadResult<String> text(String source, byte[] bytes, int from, int length) {
    // invalid UTF-8 decodes to this character; texts that contain it are decoded again, strictly
    String text = new String(bytes, from, length, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) < 0) {
      return ReadResult.present(text);
    }
    try {
      ByteBuffer same = ByteBuffer.wrap(bytes, from, length);
      return ReadResult.present(StandardCharsets.UTF_8.newDecoder().decode(same).toString());
    } catch (CharacterCodingException e) {
      return ReadResult.malformed(source, "UTF-8", "other bytes");
    }
  }
}
