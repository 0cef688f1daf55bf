package io.blkwarden.controller.audit;

import io.blkwarden.model.json.ControlJson;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An audit trail as {@code blkwarden.why.v1}: its text and its messages.
 *
 * <p>ASCII only, so that guests' names cannot control a terminal.
 */
public final class AuditTrailJson {
  private static final JsonMapper ASCII =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private AuditTrailJson() {}

  /**
   * Encodes a trail as one object on one line.
   *
   * @param about the subject of the query
   */
  public static String of(String about, AuditTrail trail) {
    ObjectNode root = ASCII.createObjectNode();
    root.put("schema", "blkwarden.why.v1");
    root.put("about", about);
    root.put("left_out", trail.dropped());
    ArrayNode lines = root.putArray("story");
    trail
        .lines()
        .forEach(
            line -> lines.addObject().put("at", line.at().toString()).put("text", line.text()));
    ArrayNode messages = root.putArray("messages");
    trail
        .entries()
        .forEach(part -> messages.add(ASCII.readTree(ControlJson.encode(part.message()))));
    return ASCII.writeValueAsString(root);
  }
}
