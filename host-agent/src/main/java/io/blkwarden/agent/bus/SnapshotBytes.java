package io.blkwarden.agent.bus;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.MappingSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the last snapshot, from its sending as an event until it is put into the bucket: of a
 * thousand disks it is 700 KB, and was made twice. Of one thread.
 */
final class SnapshotBytes {
  private @Nullable MappingSnapshot last;
  private byte[] bytes = {};

  /** Encodes it, and remembers that. */
  byte[] encode(MappingSnapshot snapshot) {
    bytes = ControlJson.encode(snapshot);
    last = snapshot;
    return bytes;
  }

  /** What was remembered, or else encodes it; remembers nothing from then on. */
  byte[] take(MappingSnapshot snapshot) {
    byte[] found =
        last != null && last.origin().equals(snapshot.origin())
            ? bytes
            : ControlJson.encode(snapshot);
    last = null;
    bytes = new byte[0];
    return found;
  }
}
