package io.blkwarden.controller.cli;

import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
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

  void addTo(MapJson output, boolean stale) {
    output.add(json, storedAt, stale);
  }
}
