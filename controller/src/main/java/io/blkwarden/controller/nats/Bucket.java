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

/** A key-value bucket with blocking calls and timeouts. Every failure is an {@link IOException}. */
public final class Bucket {
  /** nats-server error: wrong last sequence, a lost compare-and-set. */
  private static final int WRONG_LAST_SEQUENCE = 10071;

  private final KeyValue bucket;

  /**
   * Identifies a bucket and its state.
   *
   * @param created when the server created the bucket
   * @param last revision
   */
  public record History(ZonedDateTime created, long last) {
    /** The history including at least this revision. */
    public History with(long revision) {
      return new History(created, Math.max(last, revision));
    }
  }

  private Bucket(KeyValue bucket) {
    this.bucket = bucket;
  }

  /**
   * Opens a bucket.
   *
   * @param timeout of each call
   */
  static Bucket of(Connection connection, String name, Duration timeout) throws IOException {
    JetStreamOptions options = JetStreamOptions.builder().requestTimeout(timeout).build();
    return new Bucket(
        connection.keyValue(name, KeyValueOptions.builder().jetStreamOptions(options).build()));
  }

  /** An entry; absent if it does not exist or is deleted. */
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

  /** Writes an entry that does not exist or is deleted; false if it exists. */
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

  /** Writes an entry without history; false if the bucket has the key or its deletion marker. */
  public boolean restore(String key, byte[] value) throws IOException {
    return update(key, value, 0);
  }

  /** Writes an entry if its last revision is {@code revision}; false if it is another. */
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

  /** Deletes an entry, leaving a marker for watches. */
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

  /** The bucket's last revision. */
  public long lastRevision() throws IOException, InterruptedException {
    return history().last();
  }

  /** The current history. */
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
