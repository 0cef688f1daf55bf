package io.blkwarden.commandline;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.ControlMessage;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON output of commands: on one line and in ASCII, so that guest-controlled names cannot send
 * control sequences to a terminal.
 */
public final class AsciiJson {
  /** Writes ASCII. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private AsciiJson() {}

  /** An empty document with its schema, such as {@code blkwarden.hosts.v1}. */
  public static ObjectNode document(String schema) {
    return MAPPER.createObjectNode().put("schema", schema);
  }

  /** A document on one line. */
  public static String text(JsonNode json) {
    return MAPPER.writeValueAsString(json);
  }

  /** An encoded message. */
  public static String line(byte[] json) {
    return text(MAPPER.readTree(json));
  }

  /** A message. */
  public static String line(ControlMessage message) {
    return line(ControlJson.encode(message));
  }

  /** A message as part of a document. */
  public static JsonNode node(ControlMessage message) {
    return MAPPER.readTree(ControlJson.encode(message));
  }

  /**
   * An error of a command: {@code blkwarden.error.v1}.
   *
   * @param exitCode exit code of the command
   */
  public static String error(CommandError error, int exitCode) {
    return text(
        document("blkwarden.error.v1")
            .put("error", error.error())
            .put("hint", error.hint().isEmpty() ? null : error.hint())
            .put("exit_code", exitCode));
  }

  /** A note of a command: {@code blkwarden.note.v1}. */
  public static String note(String note) {
    return text(document("blkwarden.note.v1").put("note", note));
  }
}
