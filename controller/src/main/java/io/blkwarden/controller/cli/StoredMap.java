package io.blkwarden.controller.cli;

import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.RecordKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The latest map that a host's agent stored. */
record StoredMap(MappingSnapshot snapshot, Instant storedAt) {
  /**
   * Reads all stored maps, by host.
   *
   * @param notes receives a note about each map that cannot be read
   */
  static Collection<StoredMap> all(OperatorSession session, Consumer<String> notes)
      throws NatsException {
    Map<String, StoredMap> found = new TreeMap<>(); // the latest, if a host stores another one
    session.records(
        RecordKind.MAPPING,
        stored -> {
          if (!stored.problem().isEmpty()) {
            notes.accept(unreadable(stored.problem()));
            return;
          }
          switch (ControlJson.decode(MappingSnapshot.class, stored.bytes())) {
            case Decoded.Ok<MappingSnapshot>(MappingSnapshot snapshot) -> {
              StoredMap map = new StoredMap(snapshot, stored.at());
              found.put(map.host(), map);
            }
            case Decoded.Malformed<MappingSnapshot> bad -> notes.accept(unreadable(bad.detail()));
          }
        });
    return found.values();
  }

  private static String unreadable(String why) {
    return "cannot read a stored map: %s; check the version of its agent".formatted(why);
  }

  String host() {
    return snapshot.origin().host().value();
  }

  /** Time since it was stored. */
  Duration age(Instant now) {
    return Duration.between(storedAt, now);
  }
}
