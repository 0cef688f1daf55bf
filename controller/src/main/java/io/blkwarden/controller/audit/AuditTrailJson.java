package io.blkwarden.controller.audit;

import io.blkwarden.model.json.ControlJson;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A story for programs: {@code blkwarden.why.v1}, with its sentences and every message that it is
 * made of.
 *
 * <p>All in ASCII, so that a guest's name can do nothing to a terminal.
 */
public final class AuditTrailJson {
  private static final JsonMapper ASCII =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private AuditTrailJson() {}

  /**
   * One object, on one line.
   *
   * @param about what was asked about
   */
  public static String of(String about, AuditTrail trail) {
    ObjectNode root = ASCII.createObjectNode();
    root.put("schema", "blkwarden.why.v1");
    root.put("about", about);
    root.put("left_out", trail.leftOut());
    ArrayNode lines = root.putArray("story");
    trail
        .lines()
        .forEach(
            line -> lines.addObject().put("at", line.at().toString()).put("text", line.text()));
    ArrayNode messages = root.putArray("messages");
    trail.parts().forEach(part -> messages.add(ASCII.readTree(ControlJson.encode(part.message()))));
    return ASCII.writeValueAsString(root);
  }
}
