package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A list of children that is longer than one message, put together from parts.
 *
 * <p>Each DIRECTORY_PART reply is the node's generation, a NUL, and names from the offset on; an
 * empty name ends the list. When the generation changes between two parts the list did too, and it
 * is read again ({@code docs/misc/xenstore.txt}).
 */
final class DirectoryParts {
  /** How often a list that keeps changing is started over. */
  static final int MAX_RESTARTS = 8;

  /** Asks for the part of the list at an offset. */
  interface Ask {
    XenAnswer at(String offset) throws InterruptedException;
  }

  private final ByteArrayOutputStream names = new ByteArrayOutputStream();
  private String generation = "";
  private int restarts;

  private DirectoryParts() {}

  static ReadResult<List<String>> read(String path, Ask ask) throws InterruptedException {
    DirectoryParts parts = new DirectoryParts();
    while (true) {
      switch (ask.at(Integer.toString(parts.names.size()))) {
        case XenAnswer.Reply(XenMessage reply) -> {
          if (!parts.add(reply.payload())) {
            return ReadResult.malformed(path, "GENERATION, NUL and names", "another payload");
          }
        }
        case XenAnswer.Refused(String error) when error.equals("ENOENT") -> {
          return ReadResult.absent(path);
        }
        case XenAnswer.Refused(String error) -> {
          return ReadResult.failed(
              "%s: more than %d bytes of names, and this xenstored does not give them in parts (%s)"
                  .formatted(path, XenMessage.MAX_PAYLOAD_BYTES, error));
        }
        case XenAnswer.Lost(String reason) -> {
          return ReadResult.failed(path + ": " + reason);
        }
      }
      if (parts.complete()) {
        return XenMessage.strings(path, parts.list());
      }
      if (parts.restarts > MAX_RESTARTS || parts.names.size() > XenStore.MAX_DIRECTORY_BYTES) {
        return ReadResult.failed(
            "%s: gave up after %d bytes of names, read again %d times because they changed"
                .formatted(path, parts.names.size(), parts.restarts));
      }
    }
  }

  private boolean add(byte[] payload) {
    int end = 0;
    while (end < payload.length && payload[end] != 0) {
      end++;
    }
    if (end == payload.length || end + 1 == payload.length) {
      return false;
    }
    String now = new String(payload, 0, end, StandardCharsets.ISO_8859_1);
    if (names.size() > 0 && !now.equals(generation)) {
      names.reset();
      restarts++;
    } else {
      generation = now;
      names.write(payload, end + 1, payload.length - end - 1);
    }
    return true;
  }

  /** Whether the list has its end: an empty name, alone or behind the last one. */
  private boolean complete() {
    byte[] bytes = names.toByteArray();
    int length = bytes.length;
    return length > 0 && bytes[length - 1] == 0 && (length == 1 || bytes[length - 2] == 0);
  }

  private byte[] list() {
    byte[] bytes = names.toByteArray();
    return Arrays.copyOf(bytes, bytes.length - 1);
  }
}
