package io.blkwarden.controller.bus;

import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.HostToken;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.PurgeOptions;
import io.nats.client.api.KeyValueEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Reads the last mapping snapshots from the bucket that agents write; waits for the server. */
final class MappingBucket {
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final int MAX_PAUSES = 500;

  /** Takes a snapshot. */
  interface Taker {
    /**
     * Takes one.
     *
     * @param key that it is stored under, which only its host's agent may write
     * @param snapshot in JSON
     * @return whether there was room for it
     */
    boolean take(String key, byte[] snapshot);
  }

  private final KeyValue bucket;

  private MappingBucket(KeyValue bucket) {
    this.bucket = bucket;
  }

  /** The bucket of that connection. */
  static MappingBucket of(Connection link) throws IOException {
    return new MappingBucket(
        link.keyValue(JetStreamAssets.MAPPING, JetStreamAssets.bucketOptions()));
  }

  /**
   * Gives every host's snapshot to {@code taker}, at its pace; one that finds no room for 10 s is
   * left out, for agents send them again.
   */
  void readAll(Taker taker) throws IOException, JetStreamApiException, InterruptedException {
    for (String key : bucket.keys()) {
      read(key, taker);
    }
  }

  /**
   * Deletes a host's snapshot for good: by a purge of its subject, for only its agent may write to
   * that.
   */
  static void forget(Connection link, HostId host) throws IOException, JetStreamApiException {
    String subject = "$KV.%s.%s".formatted(JetStreamAssets.MAPPING, HostToken.key(host));
    link.jetStreamManagement(JetStreamAssets.options())
        .purgeStream("KV_" + JetStreamAssets.MAPPING, PurgeOptions.subject(subject));
  }

  /** Gives one host's snapshot to {@code taker}; whether there is one. */
  boolean read(String key, Taker taker) throws IOException, JetStreamApiException {
    @Nullable KeyValueEntry entry = bucket.get(key);
    byte[] value = entry == null ? null : entry.getValue();
    if (entry == null || value == null) {
      return false;
    }
    for (int i = 0; !taker.take(key, value) && i < MAX_PAUSES; i++) {
      LockSupport.parkNanos(this, PAUSE.toNanos());
    }
    return true;
  }
}
