package io.blkwarden.controller.bus;

import io.blkwarden.controller.said.Said;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueOperation;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.impl.NatsKeyValueWatchSubscription;
import java.io.IOException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows what people said in the bucket {@code blkwarden-silences}. */
final class SaidWatch implements KeyValueWatcher, AutoCloseable {
  private static final long PATIENCE_SECONDS = 5;

  private final Consumer<Said> taker;
  private final Map<String, byte[]> values = new TreeMap<>();
  private final CountDownLatch whole = new CountDownLatch(1);
  private final NavigableMap<Long, CompletableFuture<Void>> awaited = new TreeMap<>();
  private long reached;
  private @Nullable NatsKeyValueWatchSubscription subscription;

  private SaidWatch(Consumer<Said> taker) {
    this.taker = taker;
  }

  /**
   * Begins to follow; gives all that was said to {@code taker} before it returns, and again with
   * each change.
   *
   * @throws IOException also when the bucket did not come in time
   */
  static SaidWatch start(Connection link, Consumer<Said> taker)
      throws IOException, JetStreamApiException, InterruptedException {
    SaidWatch started = new SaidWatch(taker);
    started.subscription =
        link.keyValue(JetStreamAssets.SAID, JetStreamAssets.bucketOptions()).watchAll(started);
    if (!started.whole.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      started.close();
      throw new IOException("no answer about " + JetStreamAssets.SAID);
    }
    return started;
  }

  /** Completes once the taker has what the bucket held at this change of it. */
  synchronized CompletableFuture<Void> reaches(long revision) {
    return revision <= reached
        ? CompletableFuture.completedFuture(null)
        : awaited.computeIfAbsent(revision, _ -> new CompletableFuture<>());
  }

  @Override
  public synchronized void watch(KeyValueEntry entry) {
    reached = Math.max(reached, entry.getRevision());
    byte[] value = entry.getValue();
    if (entry.getOperation() == KeyValueOperation.PUT && value != null) {
      values.put(entry.getKey(), value);
    } else {
      values.remove(entry.getKey());
    }
    if (whole.getCount() == 0) {
      taker.accept(SaidBucket.parse(values));
      Map<Long, CompletableFuture<Void>> done = awaited.headMap(reached, true);
      done.values().forEach(each -> each.complete(null));
      done.clear();
    }
  }

  @Override
  public synchronized void endOfData() {
    if (whole.getCount() > 0) {
      taker.accept(SaidBucket.parse(values));
      whole.countDown();
    }
  }

  @Override
  public void close() {
    NatsKeyValueWatchSubscription current = subscription;
    if (current != null) {
      try {
        current.unsubscribe();
      } catch (IllegalStateException e) {
        subscription = null; // its connection is gone, and it with it
      }
    }
  }
}
