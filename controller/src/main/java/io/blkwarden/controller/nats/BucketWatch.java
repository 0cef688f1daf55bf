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

/** A watch of a bucket as a flow. */
final class BucketWatch implements KeyValueWatcher {
  /** Most events that wait for the subscriber. */
  static final int EVENTS = 16_384;

  private final Sinks.Many<KvEvent> events =
      Sinks.many().unicast().onBackpressureBuffer(Queues.<KvEvent>get(EVENTS).get());

  private BucketWatch() {}

  /** Begins to watch; waits for the server. The flow is for one subscriber, and ends the watch. */
  static Flux<KvEvent> start(Connection link, String bucket)
      throws IOException, JetStreamApiException, InterruptedException {
    BucketWatch watch = new BucketWatch();
    NatsKeyValueWatchSubscription subscription =
        link.keyValue(bucket, JetStreamAssets.bucketOptions()).watchAll(watch);
    return watch.events.asFlux().doFinally(_ -> end(subscription));
  }

  private static void end(NatsKeyValueWatchSubscription subscription) {
    try {
      subscription.unsubscribe();
    } catch (IllegalStateException e) {
      return; // its connection is gone, and it with it
    }
  }

  @Override
  public void watch(KeyValueEntry entry) {
    byte[] value = entry.getOperation() == KeyValueOperation.PUT ? entry.getValue() : null;
    emit(new KvEvent.Entry(entry.getKey(), value, entry.getRevision()));
  }

  @Override
  public void endOfData() {
    emit(new KvEvent.Whole());
  }

  /** The client calls on one thread at a time, and the first time on that which begins. */
  private synchronized void emit(KvEvent event) {
    if (events.tryEmitNext(event) == Sinks.EmitResult.FAIL_OVERFLOW) {
      events.tryEmitError(new IOException("a bucket changes faster than it is read"));
    }
  }
}
