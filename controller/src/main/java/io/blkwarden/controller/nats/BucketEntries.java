package io.blkwarden.controller.nats;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.MessageInfo;
import io.nats.client.support.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** Reads all entries of a bucket by pipelined direct gets. */
record BucketEntries(Connection connection, String bucket, boolean direct, List<String> keys) {
  /** Most gets in flight. */
  static final int IN_FLIGHT_MAX = 32;

  private static final int NOT_FOUND = 404;
  private static final int RETRIES = 2;
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** Reads the keys; blocks. */
  static BucketEntries of(Connection connection, String bucket)
      throws IOException, JetStreamApiException, InterruptedException {
    boolean direct =
        connection
            .jetStreamManagement(JetStreamAssets.options())
            .getStreamInfo("KV_" + bucket)
            .getConfiguration()
            .getAllowDirect();
    return new BucketEntries(
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
