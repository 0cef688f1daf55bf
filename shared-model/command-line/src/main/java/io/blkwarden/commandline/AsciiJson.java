package io.blkwarden.commandline;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.ControlMessage;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON that commands print: on one line, and all that is not ASCII is escaped, so that no name that
 * a guest's owner chose can act on a terminal.
 */
public final class AsciiJson {
  /** Writes it. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private AsciiJson() {}

  /** A message as it was received or is sent. */
  public static String line(byte[] json) {
    return MAPPER.writeValueAsString(MAPPER.readTree(json));
  }

  /** A message. */
  public static String line(ControlMessage message) {
    return line(ControlJson.encode(message));
  }

  /** A message as a part of something larger. */
  public static JsonNode node(ControlMessage message) {
    return MAPPER.readTree(ControlJson.encode(message));
  }

  /**
   * Why a command did not do what it was to do: {@code blkwarden.error.v1}.
   *
   * @param exitCode what it ends with
   */
  public static String error(Complaint complaint, int exitCode) {
    return MAPPER.writeValueAsString(
        MAPPER
            .createObjectNode()
            .put("schema", "blkwarden.error.v1")
            .put("error", complaint.error())
            .put("hint", complaint.hint().isEmpty() ? null : complaint.hint())
            .put("exit_code", exitCode));
  }

  /** What a command remarks beside what it was asked for: {@code blkwarden.note.v1}. */
  public static String note(String note) {
    return MAPPER.writeValueAsString(
        MAPPER.createObjectNode().put("schema", "blkwarden.note.v1").put("note", note));
  }
}
