package io.blkwarden.controller.cli;

import io.blkwarden.controller.bus.BusException;
import io.blkwarden.controller.bus.OperatorSession;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.MappingSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/** A host's map as its agent stored it last. */
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
   * All that there are, by host.
   *
   * @param unread hears why one cannot be read
   */
  static List<StoredMap> all(OperatorSession session, Consumer<String> unread) throws BusException {
    List<StoredMap> found = new ArrayList<>();
    session.mappings((bytes, at) -> {
      switch (ControlJson.decode(MappingSnapshot.class, bytes)) {
        case Decoded.Ok<MappingSnapshot> ok -> found.add(new StoredMap(ok.value(), bytes, at));
        case Decoded.Malformed<MappingSnapshot> bad -> unread.accept(bad.detail());
      }
    });
    found.sort(Comparator.comparing(StoredMap::host));
    return found;
  }

  String host() {
    return snapshot.origin().host().value();
  }

  MappingSnapshot snapshot() {
    return snapshot;
  }

  /** How long ago it was stored. */
  Duration age(Instant now) {
    return Duration.between(storedAt, now);
  }

  void addTo(MapJson output, boolean stale) {
    output.add(json, storedAt, stale);
  }
}
