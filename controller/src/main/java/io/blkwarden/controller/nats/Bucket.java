package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.KeyValue;
import io.nats.client.KeyValueOptions;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A key-value bucket whose calls wait for the server, each for a bounded time; only for threads
 * that may wait. Every failure is an {@link IOException}.
 */
public final class Bucket {
  /** Code of nats-server for a compare-and-set that lost. */
  private static final int WRONG_LAST_SEQUENCE = 10071;

  private final KeyValue bucket;

  /**
   * What tells apart a bucket from another one of the same name, and from an earlier state of it.
   *
   * @param created when the server created it
   * @param last number of its last change
   */
  public record History(ZonedDateTime created, long last) {
    /** The same history, known up to this change at least. */
    public History with(long revision) {
      return new History(created, Math.max(last, revision));
    }
  }

  private Bucket(KeyValue bucket) {
    this.bucket = bucket;
  }

  /**
   * The bucket of a connection.
   *
   * @param within how long each call waits for its answer
   */
  static Bucket of(Connection link, String name, Duration within) throws IOException {
    JetStreamOptions options = JetStreamOptions.builder().requestTimeout(within).build();
    return new Bucket(
        link.keyValue(name, KeyValueOptions.builder().jetStreamOptions(options).build()));
  }

  /** An entry; absent when there is none or it is deleted. */
  public KvEvent.@Nullable Entry get(String key) throws IOException {
    try {
      KeyValueEntry entry = bucket.get(key);
      return entry == null
          ? null
          : new KvEvent.Entry(entry.getKey(), entry.getValue(), entry.getRevision());
    } catch (JetStreamApiException | IllegalStateException e) {
      throw failed(e);
    }
  }

  /** Writes an entry; returns its revision. */
  public long put(String key, byte[] value) throws IOException {
    try {
      return bucket.put(key, value);
    } catch (JetStreamApiException | IllegalStateException e) {
      throw failed(e);
    }
  }

  /** Writes an entry that must not exist, or be deleted; false when it does exist. */
  public boolean create(String key, byte[] value) throws IOException {
    try {
      long _ = bucket.create(key, value);
      return true;
    } catch (JetStreamApiException e) {
      return lost(e);
    } catch (IllegalStateException e) {
      throw failed(e);
    }
  }

  /** Writes an entry that the bucket has never had; false when it has it, or its deletion. */
  public boolean restore(String key, byte[] value) throws IOException {
    return update(key, value, 0);
  }

  /** Writes an entry whose last revision this must be; false when it is another. */
  public boolean update(String key, byte[] value, long revision) throws IOException {
    try {
      long _ = bucket.update(key, value, revision);
      return true;
    } catch (JetStreamApiException e) {
      return lost(e);
    } catch (IllegalStateException e) {
      throw failed(e);
    }
  }

  /** Deletes an entry; watches hear of it. */
  public void delete(String key) throws IOException {
    try {
      bucket.delete(key);
    } catch (JetStreamApiException | IllegalStateException e) {
      throw failed(e);
    }
  }

  /** Removes the markers of deleted entries. */
  public void purgeDeletes() throws IOException, InterruptedException {
    try {
      bucket.purgeDeletes();
    } catch (JetStreamApiException | IllegalStateException e) {
      throw failed(e);
    }
  }

  /** The number of the bucket's last change. */
  public long lastRevision() throws IOException, InterruptedException {
    return history().last();
  }

  /** Its history as it is now. */
  public History history() throws IOException, InterruptedException {
    try {
      StreamInfo info = bucket.getStatus().getBackingStreamInfo();
      return new History(info.getCreateTime(), info.getStreamState().getLastSequence());
    } catch (JetStreamApiException | IllegalStateException e) {
      throw failed(e);
    }
  }

  private static boolean lost(JetStreamApiException e) throws IOException {
    if (e.getApiErrorCode() == WRONG_LAST_SEQUENCE) {
      return false;
    }
    throw failed(e);
  }

  private static IOException failed(Exception e) {
    return new IOException(e.getMessage(), e);
  }
}
