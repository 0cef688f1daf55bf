package io.blkwarden.controller.bus;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueOperation;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.impl.NatsKeyValueWatchSubscription;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows what the controller with the claim learned of the fleet, in the bucket {@code
 * blkwarden-spec}: all that is kept at first, then each change.
 */
final class SpecWatch implements KeyValueWatcher, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SpecWatch.class);

  private final Inbox to;
  private final NatsKeyValueWatchSubscription subscription;

  private SpecWatch(Connection link, Inbox to)
      throws IOException, JetStreamApiException, InterruptedException {
    this.to = to;
    this.subscription =
        link.keyValue(JetStreamAssets.SPEC, JetStreamAssets.bucketOptions()).watchAll(this);
  }

  /** Begins to follow. */
  static SpecWatch start(Connection link, Inbox to)
      throws IOException, JetStreamApiException, InterruptedException {
    return new SpecWatch(link, to);
  }

  /** Takes a class; what cannot be read is left out, and said. */
  @Override
  public void watch(KeyValueEntry entry) {
    byte[] value = entry.getValue();
    if (entry.getOperation() != KeyValueOperation.PUT || value == null) {
      return; // what was learned in this run goes on without it
    }
    try {
      to.learned(SpecJson.decode(value));
    } catch (IOException e) {
      log.warn(
          "bucket {}, key {}: {}; it is learned anew, delete the key if this comes again",
          JetStreamAssets.SPEC,
          entry.getKey(),
          e.getMessage());
    }
  }

  @Override
  public void endOfData() {}

  @Override
  public void close() {
    try {
      subscription.unsubscribe();
    } catch (IllegalStateException e) {
      log.debug("its connection is gone, and it with it: {}", e.getMessage());
    }
  }
}
