package io.blkwarden.controller.bus;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.nats.NatsConnection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The bucket {@code blkwarden-spec} with the baselines, one entry for each class of disks. */
final class BaselineBucket {
  private static final Logger log = LoggerFactory.getLogger(BaselineBucket.class);

  private final NatsConnection connection;

  BaselineBucket(NatsConnection connection) {
    this.connection = connection;
  }

  /** All stored baselines, then changes; invalid entries are logged and skipped. */
  Flux<SharedState.Baseline> watch() {
    return connection
        .watch(JetStreamAssets.BASELINES)
        .ofType(KvEvent.Entry.class)
        .mapNotNull(BaselineBucket::read);
  }

  private static SharedState.@Nullable Baseline read(KvEvent.Entry entry) {
    byte[] value = entry.value();
    if (value == null) {
      return null; // deleted
    }
    try {
      return new SharedState.Baseline(BaselineJson.decode(value));
    } catch (IOException e) {
      log.warn(
          "bucket {}: ignoring invalid entry {}: {}; delete the entry if this repeats",
          JetStreamAssets.BASELINES,
          entry.key(),
          e.getMessage());
      return null;
    }
  }

  /**
   * Writes a baseline. Never fails: a baseline that cannot be written is logged and lost, and a
   * newer one follows within minutes.
   */
  Mono<Void> store(DiskBaseline baseline) {
    return connection
        .withBucket(
            JetStreamAssets.BASELINES,
            bucket -> bucket.put(BaselineJson.key(baseline.of()), BaselineJson.encode(baseline)))
        .then()
        .onErrorResume(e -> {
          log.warn(
              "bucket {}: baselines not stored, retrying in 5 min: {}",
              JetStreamAssets.BASELINES,
              e.getMessage());
          return Mono.empty();
        });
  }
}
