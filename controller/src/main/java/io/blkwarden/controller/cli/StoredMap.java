package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.RecordKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The latest map that a host's agent stored. */
final class StoredMap {
  private final MappingSnapshot snapshot;
  private final byte[] json;
  private final Instant storedAt;

  private StoredMap(MappingSnapshot snapshot, byte[] json, Instant storedAt) {
    this.snapshot = snapshot;
    this.json = json;
    this.storedAt = storedAt;
  }

  /**
   * Reads all stored maps, by host.
   *
   * @param unreadable receives why a map cannot be read
   */
  static List<StoredMap> all(OperatorSession session, Consumer<String> unreadable)
      throws NatsException {
    Map<String, StoredMap> found = new TreeMap<>(); // the latest, if a host stores another one
    session.records(
        RecordKind.MAPPING,
        stored -> {
          if (!stored.problem().isEmpty()) {
            unreadable.accept(stored.problem());
            return;
          }
          switch (ControlJson.decode(MappingSnapshot.class, stored.bytes())) {
            case Decoded.Ok<MappingSnapshot> ok -> {
              StoredMap map = new StoredMap(ok.value(), stored.bytes(), stored.at());
              found.put(map.host(), map);
            }
            case Decoded.Malformed<MappingSnapshot> bad -> unreadable.accept(bad.detail());
          }
        });
    return new ArrayList<>(found.values());
  }

  /** The note about a map that cannot be read. */
  static String unreadable(String why) {
    return "a stored map cannot be read: %s; check the version of its agent".formatted(why);
  }

  String host() {
    return snapshot.origin().host().value();
  }

  MappingSnapshot snapshot() {
    return snapshot;
  }

  /** Time since it was stored. */
  Duration age(Instant now) {
    return Duration.between(storedAt, now);
  }

  /** Adds its wanted disks to an array, each with its host. */
  void addTo(ArrayNode disks, boolean stale, Predicate<MappedDisk> wanted) {
    JsonNode root = AsciiJson.MAPPER.readTree(json);
    for (int row = 0; row < snapshot.disks().size(); row++) {
      if (!wanted.test(snapshot.disks().get(row))) {
        continue;
      }
      JsonNode disk = root.path("disks").path(row);
      ObjectNode line = disks.addObject();
      line.set("host", root.path("host"));
      line.set("boot", root.path("boot"));
      line.set("revision", root.path("revision"));
      line.put("stored_at", storedAt.toString());
      line.put("stale", stale);
      disk.properties().forEach(field -> line.set(field.getKey(), field.getValue()));
    }
  }
}
