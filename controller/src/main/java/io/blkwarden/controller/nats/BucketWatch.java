package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueOperation;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.impl.NatsKeyValueWatchSubscription;
import java.io.IOException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

/** A watch of a bucket as a Flux. */
final class BucketWatch implements KeyValueWatcher {
  /** Most events that wait for the subscriber. */
  static final int EVENTS_MAX = 16_384;

  private final Sinks.Many<KvEvent> events =
      Sinks.many().unicast().onBackpressureBuffer(Queues.<KvEvent>get(EVENTS_MAX).get());

  private BucketWatch() {}

  /** Starts to watch; blocks. For one subscriber; cancelling ends the watch. */
  static Flux<KvEvent> start(Connection connection, String bucket)
      throws IOException, JetStreamApiException, InterruptedException {
    BucketWatch watch = new BucketWatch();
    NatsKeyValueWatchSubscription subscription =
        connection.keyValue(bucket, JetStreamAssets.bucketOptions()).watchAll(watch);
    return watch.events.asFlux().doFinally(_ -> end(subscription));
  }

  private static void end(NatsKeyValueWatchSubscription subscription) {
    try {
      subscription.unsubscribe();
    } catch (IllegalStateException e) {
      return; // closed with its connection
    }
  }

  @Override
  public void watch(KeyValueEntry entry) {
    byte[] value = entry.getOperation() == KeyValueOperation.PUT ? entry.getValue() : null;
    emit(new KvEvent.Entry(entry.getKey(), value, entry.getRevision()));
  }

  @Override
  public void endOfData() {
    emit(new KvEvent.EndOfData());
  }

  /** jnats calls on one thread at a time, first on the thread that starts the watch. */
  private synchronized void emit(KvEvent event) {
    if (events.tryEmitNext(event) == Sinks.EmitResult.FAIL_OVERFLOW) {
      events.tryEmitError(new IOException("the bucket changes faster than it is read"));
    }
  }
}
