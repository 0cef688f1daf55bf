package io.blkwarden.controller.bus;

import io.blkwarden.controller.spec.FleetSpec;
import io.blkwarden.controller.spec.SpecClass;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what was learned of the fleet in the bucket {@code blkwarden-spec}; of each class only the
 * last word waits, so at most as many as there are classes.
 */
final class SpecBucket {
  private final SequencedMap<SpecClass, FleetSpec> waiting = new LinkedHashMap<>();

  /** Takes a spec to be stored; whether it is the first that waits. */
  synchronized boolean offer(FleetSpec spec) {
    waiting.put(spec.of(), spec);
    return waiting.size() == 1;
  }

  private synchronized @Nullable FleetSpec next() {
    Map.Entry<SpecClass, FleetSpec> first = waiting.pollFirstEntry();
    return first == null ? null : first.getValue();
  }

  /** Stores all that waits; what cannot be stored is lost, for a newer one comes in minutes. */
  void store(KeyValue bucket) throws IOException, JetStreamApiException {
    for (FleetSpec spec = next(); spec != null; spec = next()) {
      bucket.put(SpecJson.key(spec.of()), SpecJson.encode(spec));
    }
  }
}
