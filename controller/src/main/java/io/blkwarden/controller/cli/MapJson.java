package io.blkwarden.controller.cli;

import java.time.Instant;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Stored maps as one array of disks, each with its host; all in ASCII, so safe for terminals. */
final class MapJson {
  static final JsonMapper ASCII =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final ArrayNode disks = ASCII.createArrayNode();

  /** Adds a snapshot that is known to be valid. */
  void add(byte[] snapshot, Instant storedAt, boolean stale) {
    JsonNode root = ASCII.readTree(snapshot);
    for (JsonNode disk : root.path("disks")) {
      ObjectNode line = disks.addObject();
      line.set("host", root.path("host"));
      line.set("boot", root.path("boot"));
      line.set("revision", root.path("revision"));
      line.put("stored_at", storedAt.toString());
      line.put("stale", stale);
      disk.properties().forEach(field -> line.set(field.getKey(), field.getValue()));
    }
  }

  String text() {
    return ASCII.writerWithDefaultPrettyPrinter().writeValueAsString(disks);
  }

  /** One message on one line. */
  static String line(byte[] json) {
    return ASCII.writeValueAsString(ASCII.readTree(json));
  }
}
