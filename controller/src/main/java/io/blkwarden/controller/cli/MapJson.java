package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Stored maps as one JSON array of disks, each with its host; ASCII only. */
final class MapJson {
  private final ArrayNode disks = AsciiJson.MAPPER.createArrayNode();

  /** Adds a valid snapshot. */
  void add(byte[] snapshot, Instant storedAt, boolean stale) {
    JsonNode root = AsciiJson.MAPPER.readTree(snapshot);
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
    return AsciiJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(disks);
  }
}
