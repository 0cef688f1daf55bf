package io.blkwarden.controller.nats;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.KeyValueOptions;
import io.nats.client.Message;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueOperation;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamInfo;
import io.nats.client.impl.NatsKeyValueWatchSubscription;
import io.nats.client.support.Status;
import java.io.IOException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;
import reactor.util.retry.Retry;

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

  /** Reads all entries of a bucket by pipelined direct gets. */
  record Entries(Connection connection, String bucket, boolean direct, List<String> keys) {
    /** Most gets in flight. */
    static final int IN_FLIGHT_MAX = 32;

    private static final int NOT_FOUND = 404;
    private static final int RETRIES = 2;
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** Reads the keys; blocks. */
    static Entries of(Connection connection, String bucket)
        throws IOException, JetStreamApiException, InterruptedException {
      boolean direct =
          connection
              .jetStreamManagement(JetStreamAssets.options())
              .getStreamInfo("KV_" + bucket)
              .getConfiguration()
              .getAllowDirect();
      return new Entries(
          connection,
          bucket,
          direct,
          connection.keyValue(bucket, JetStreamAssets.bucketOptions()).keys());
    }

    /** The entries, in key order, without entries deleted in the meantime. */
    Flux<KvEvent.Entry> read(Scheduler timer) {
      return Flux.fromIterable(keys)
          .flatMapSequential(
              key -> get(key).retryWhen(Retry.backoff(RETRIES, PAUSE).scheduler(timer)),
              IN_FLIGHT_MAX,
              1);
    }

    private Mono<KvEvent.Entry> get(String key) {
      return Mono.defer(() -> Mono.fromFuture(ask("$KV.%s.%s".formatted(bucket, key))))
          .handle((answer, sink) -> {
            MessageInfo found = new MessageInfo(answer, "KV_" + bucket, direct);
            if (found.isMessage() && !found.hasError()) {
              KeyValueEntry entry = new KeyValueEntry(found);
              byte[] value = entry.getValue();
              if (value != null) {
                sink.next(new KvEvent.Entry(entry.getKey(), value, entry.getRevision()));
              }
            } else if (code(found) != NOT_FOUND) {
              sink.error(new IOException("key %s not read: %s".formatted(key, found)));
            }
          });
    }

    private static int code(MessageInfo found) {
      Status status = found.getStatus();
      return status == null ? found.getErrorCode() : status.getCode();
    }

    private CompletableFuture<Message> ask(String subject) {
      String api =
          direct
              ? "$JS.API.DIRECT.GET.KV_%s.%s".formatted(bucket, subject)
              : "$JS.API.STREAM.MSG.GET.KV_" + bucket;
      String body = direct ? "" : "{\"last_by_subj\":\"%s\"}".formatted(subject);
      return connection.requestWithTimeout(
          api, body.getBytes(UTF_8), JetStreamAssets.REQUEST_TIMEOUT);
    }
  }

  /** A watch of a bucket as a Flux. */
  static final class Watch implements KeyValueWatcher {
    /** Most events that wait for the subscriber. */
    static final int EVENTS_MAX = 16_384;

    private final Sinks.Many<KvEvent> events =
        Sinks.many().unicast().onBackpressureBuffer(Queues.<KvEvent>get(EVENTS_MAX).get());

    private Watch() {}

    /** Starts to watch; blocks. For one subscriber; cancelling ends the watch. */
    static Flux<KvEvent> start(Connection connection, String bucket)
        throws IOException, JetStreamApiException, InterruptedException {
      Watch watch = new Watch();
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
}
