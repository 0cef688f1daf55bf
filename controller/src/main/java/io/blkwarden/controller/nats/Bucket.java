package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.KeyValueOptions;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Optional;
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
    KeyValueOptions options =
        KeyValueOptions.builder().jetStreamOptions(JetStreamAssets.options(timeout)).build();
    return new Bucket(connection.keyValue(name, options));
  }

  private interface Call<T, X extends Exception> {
    T run() throws IOException, JetStreamApiException, X;
  }

  private static <T, X extends Exception> T call(Call<T, X> call) throws IOException, X {
    try {
      return call.run();
    } catch (JetStreamApiException | IllegalStateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Whether a compare-and-set was not lost. */
  private static boolean won(Call<Long, RuntimeException> write) throws IOException {
    try {
      long _ = call(write);
      return true;
    } catch (IOException e) {
      if (e.getCause() instanceof JetStreamApiException refused
          && refused.getApiErrorCode() == WRONG_LAST_SEQUENCE) {
        return false;
      }
      throw e;
    }
  }

  /** An entry; absent if it does not exist or is deleted. */
  public KvEvent.@Nullable Entry get(String key) throws IOException {
    return call(() -> Optional.ofNullable(bucket.get(key)))
        .map(entry -> new KvEvent.Entry(entry.getKey(), entry.getValue(), entry.getRevision()))
        .orElse(null);
  }

  /** Writes an entry; returns its revision. */
  public long put(String key, byte[] value) throws IOException {
    return call(() -> bucket.put(key, value));
  }

  /** Writes an entry that does not exist or is deleted; false if it exists. */
  public boolean create(String key, byte[] value) throws IOException {
    return won(() -> bucket.create(key, value));
  }

  /** Writes an entry without history; false if the bucket has the key or its deletion marker. */
  public boolean restore(String key, byte[] value) throws IOException {
    return update(key, value, 0);
  }

  /** Writes an entry if its last revision is {@code revision}; false if it is another. */
  public boolean update(String key, byte[] value, long revision) throws IOException {
    return won(() -> bucket.update(key, value, revision));
  }

  /** Deletes an entry, leaving a marker for watches. */
  public void delete(String key) throws IOException {
    boolean _ =
        call(() -> {
          bucket.delete(key);
          return true;
        });
  }

  /** Removes the markers of deleted entries. */
  public void purgeDeletes() throws IOException, InterruptedException {
    boolean _ =
        call(() -> {
          bucket.purgeDeletes();
          return true;
        });
  }

  /** The current history, with the bucket's last revision. */
  public History history() throws IOException, InterruptedException {
    StreamInfo info = call(() -> bucket.getStatus().getBackingStreamInfo());
    return new History(info.getCreateTime(), info.getStreamState().getLastSequence());
  }
}
