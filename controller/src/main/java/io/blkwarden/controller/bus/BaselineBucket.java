package io.blkwarden.controller.bus;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.baseline.DiskClass;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.nats.NatsLink;
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
 * The bucket {@code blkwarden-spec} with what disks of each class normally do.
 *
 * <p>Of each class only the latest baseline waits to be written, so at most as many as there are
 * classes.
 */
final class BaselineBucket {
  private static final Logger log = LoggerFactory.getLogger(BaselineBucket.class);

  private final NatsLink link;
  private final SequencedMap<DiskClass, DiskBaseline> waiting = new LinkedHashMap<>();
  private boolean writing;

  BaselineBucket(NatsLink link) {
    this.link = link;
  }

  /** All that the bucket has, then each change; what cannot be read is left out, and logged. */
  Flux<SharedState.Baseline> watch() {
    return link.watch(JetStreamAssets.SPEC)
        .ofType(KvEvent.Entry.class)
        .mapNotNull(BaselineBucket::read);
  }

  private static SharedState.@Nullable Baseline read(KvEvent.Entry entry) {
    byte[] value = entry.value();
    if (value == null) {
      return null; // what was learned in this run goes on without it
    }
    try {
      return new SharedState.Baseline(BaselineJson.decode(value));
    } catch (IOException e) {
      log.warn(
          "bucket {}, key {}: {}; it is learned again: delete the key if this is logged again",
          JetStreamAssets.SPEC,
          entry.key(),
          e.getMessage());
      return null;
    }
  }

  /**
   * Writes a baseline, or leaves it to the write that is in progress. Never fails: one that cannot
   * be written is logged and lost, as a newer one comes in minutes.
   */
  Mono<Void> keep(DiskBaseline baseline) {
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
    return link.inBucket(
            JetStreamAssets.SPEC,
            bucket -> bucket.put(BaselineJson.key(baseline.of()), BaselineJson.encode(baseline)))
        .then()
        .onErrorResume(e -> {
          log.warn(
              "what was learned of the fleet was not stored, and is tried again in 5 min: {}",
              e.getMessage());
          return Mono.empty();
        });
  }
}
