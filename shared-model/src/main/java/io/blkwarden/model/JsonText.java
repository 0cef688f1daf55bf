package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/**
 * An uninterpreted JSON value in a message.
 *
 * @param text the value, which must be valid JSON
 */
public record JsonText(@JsonValue @JsonRawValue String text) {
  public JsonText {
    Require.present(text, "json");
  }

  /** Creates the text of a value. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static JsonText of(JsonNode value) {
    return new JsonText(value.toString());
  }

  /** The text in UTF-8. */
  public byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
