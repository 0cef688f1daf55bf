package io.blkwarden.controller.bus;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.baseline.DiskClass;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.nats.NatsConnection;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The bucket {@code blkwarden-spec} with the baselines, one entry for each class of disks.
 *
 * <p>Only the latest baseline of each class waits to be written, so the queue is bounded by the
 * number of classes.
 */
final class BaselineBucket {
  private static final Logger log = LoggerFactory.getLogger(BaselineBucket.class);

  private final NatsConnection connection;
  private final SequencedMap<DiskClass, DiskBaseline> waiting = new LinkedHashMap<>();
  private boolean writing;

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
   * Writes a baseline, or leaves it to the write in progress. Never fails: a baseline that cannot
   * be written is logged and lost, and a newer one follows within minutes.
   */
  Mono<Void> store(DiskBaseline baseline) {
    return Mono.defer(() -> offer(baseline) ? writeAll() : Mono.empty());
  }

  private Mono<Void> writeAll() {
    return Flux.<DiskBaseline>generate(
            sink -> {
              DiskBaseline next = next();
              if (next == null) {
                sink.complete();
              } else {
                sink.next(next);
              }
            })
        .concatMap(this::write, 0)
        .then();
  }

  /** Queues a baseline to be written; returns whether no write is in progress. */
  private synchronized boolean offer(DiskBaseline baseline) {
    waiting.put(baseline.of(), baseline);
    boolean first = !writing;
    writing = true;
    return first;
  }

  private synchronized @Nullable DiskBaseline next() {
    Map.Entry<DiskClass, DiskBaseline> first = waiting.pollFirstEntry();
    writing = first != null;
    return first == null ? null : first.getValue();
  }

  private Mono<Void> write(DiskBaseline baseline) {
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
