package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.xenstore.XenConnection.Answer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Reads a list of children that is longer than one message, in parts.
 *
 * <p>A DIRECTORY_PART reply has the node's generation, a NUL, and names from the offset on; an
 * empty name ends the list. If the generation changes between two parts, the list is read again
 * ({@code docs/misc/xenstore.txt}).
 */
final class DirectoryParts {
  /** How often a changing list is read again. */
  static final int MAX_RESTARTS = 8;

  private final ByteArrayOutputStream names = new ByteArrayOutputStream();
  private String generation = "";
  private int restarts;

  private DirectoryParts() {}

  /**
   * Reads the list of a node.
   *
   * @param request requests the part of the list at an offset
   */
  static ReadResult<List<String>> read(String path, Function<String, Answer> request) {
    DirectoryParts parts = new DirectoryParts();
    while (true) {
      switch (request.apply(Integer.toString(parts.names.size()))) {
        case Answer.Reply(XenMessage reply) -> {
          if (!parts.add(reply.payload())) {
            return ReadResult.malformed(path, "GENERATION, NUL and names", "another payload");
          }
        }
        case Answer.Refused(String error) when error.equals("ENOENT") -> {
          return ReadResult.absent(path);
        }
        case Answer.Refused(String error) -> {
          return ReadResult.failed(
              "%s: more than %d bytes of names, and this xenstored has no DIRECTORY_PART (%s)"
                  .formatted(path, XenMessage.MAX_PAYLOAD_BYTES, error));
        }
        case Answer.Lost(String reason) -> {
          return ReadResult.failed(path + ": " + reason);
        }
      }
      if (parts.complete()) {
        return XenMessage.strings(path, parts.list());
      }
      if (parts.restarts > MAX_RESTARTS || parts.names.size() > XenStore.MAX_DIRECTORY_BYTES) {
        return ReadResult.failed(
            "%s: not read: %d bytes of names, changed %d times while being read"
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
    String current = new String(payload, 0, end, StandardCharsets.ISO_8859_1);
    if (names.size() > 0 && !current.equals(generation)) {
      names.reset();
      restarts++;
    } else {
      generation = current;
      names.write(payload, end + 1, payload.length - end - 1);
    }
    return true;
  }

  /** Whether the list is complete: an empty name, alone or after the last one. */
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
