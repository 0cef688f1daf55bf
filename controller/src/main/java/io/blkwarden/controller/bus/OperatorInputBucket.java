package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.nats.NatsConnection;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.message.Silence;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * The bucket {@code blkwarden-silences} with silences, acknowledgements and the pause; only
 * controllers write it.
 */
final class OperatorInputBucket {
  private static final Logger log = LoggerFactory.getLogger(OperatorInputBucket.class);

  /** Key of the pause. */
  static final String PAUSE = "pause";

  /** Prefix of the keys of silences. */
  static final String SILENCE = "silence.";

  private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(5);

  private final NatsConnection connection;
  private final SharedStateQueue shared;
  private final Set<String> restored = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Known known;

  OperatorInputBucket(NatsConnection connection, SharedStateQueue shared) {
    this.connection = connection;
    this.shared = shared;
  }

  /** The entries of the bucket as the watch emits them. */
  private static final class Entries {
    private final Map<String, byte[]> values = new TreeMap<>();
    private final Set<String> found = new HashSet<>();
    private final Set<String> awaited = new HashSet<>();
    private Bucket.History history;
    private boolean complete;

    Entries(Bucket.History history) {
      this.history = history;
    }

    void add(KvEvent event) {
      switch (event) {
        case KvEvent.EndOfData _ -> complete = true;
        case KvEvent.Entry entry -> {
          history = history.with(entry.revision());
          found.add(entry.key());
          awaited.remove(entry.key());
          byte[] value = entry.value();
          if (value == null) {
            values.remove(entry.key());
          } else {
            values.put(entry.key(), value);
          }
        }
      }
    }

    /** The whole bucket; absent until all entries were read, including restored ones. */
    @Nullable Known read() {
      return complete && awaited.isEmpty() ? new Known(history, values) : null;
    }
  }

  /**
   * Follows the bucket: publishes the whole input to the shared state, first and after each change,
   * and emits each time; fails if the queue is full.
   *
   * <p>If the bucket has lost its history, the entries that this controller knows are restored
   * first. The engine keeps the previous input until they are read again.
   */
  Flux<Boolean> follow() {
    return history()
        .flatMapMany(before -> {
          Entries entries = new Entries(before);
          shared.resetRevision();
          return connection
              .watch(JetStreamAssets.SILENCES)
              .concatMap(event -> {
                entries.add(event);
                return event instanceof KvEvent.EndOfData
                    ? restore(entries, before).then(Mono.justOrEmpty(entries))
                    : Mono.just(entries);
              })
              .mapNotNull(Entries::read)
              .handle(this::publish);
        });
  }

  private void publish(Known read, SynchronousSink<Boolean> sink) {
    OperatorState state = parse(read.values());
    if (shared.offer(new FleetBus.SharedState.OperatorInputs(state), read.history().last())) {
      known = read;
      sink.next(true);
    } else {
      sink.error(new NatsException("operators' input: the engine's queue is full", ""));
    }
  }

  private Mono<Bucket.History> history() {
    return connection.withBucket(JetStreamAssets.SILENCES, Bucket::history);
  }

  /** Whether the bucket has lost the history that this controller knows. */
  Mono<Boolean> isLost() {
    Known last = known;
    return last == null ? Mono.just(false) : history().map(last::isLostIn);
  }

  /** Restores entries that the bucket has lost, and awaits them. */
  private Mono<Void> restore(Entries entries, Bucket.History before) {
    Known last = known;
    return history()
        .flatMap(now -> {
          if (!now.created().equals(before.created())) { // entries may be of the old bucket
            return Mono.error(
                new NatsException(JetStreamAssets.SILENCES + " was created again", ""));
          }
          if (last == null || !last.isLostIn(before)) {
            return Mono.empty();
          }
          known = last.lost();
          Map<String, byte[]> missing = last.missingIn(before, entries.found);
          entries.awaited.addAll(missing.keySet());
          return connection
              .withBucket(JetStreamAssets.SILENCES, bucket -> restore(bucket, missing))
              .then();
        });
  }

  /** Stops at the first entry that cannot be written; the next attempt continues from there. */
  private boolean restore(Bucket bucket, Map<String, byte[]> missing) throws IOException {
    for (Map.Entry<String, byte[]> each : missing.entrySet()) {
      if (bucket.restore(each.getKey(), each.getValue())) {
        restored.add(each.getKey());
      }
    }
    if (!restored.isEmpty()) {
      log.warn(
          "bucket {}: NATS lost entries, restored {} {}",
          JetStreamAssets.SILENCES,
          restored.size(),
          Known.count(restored));
      restored.clear();
    }
    return true;
  }

  private static String key(OperatorInput input) {
    return switch (input) {
      case Silence silence -> SILENCE + silence.id().value();
      case Ack ack -> "ack." + ack.about().value();
      case Pause _ -> PAUSE;
    };
  }

  /** Decodes the entries; an unreadable pause counts as a pause. */
  static OperatorState parse(Map<String, byte[]> values) {
    List<Silence> silences = new ArrayList<>();
    List<Ack> acks = new ArrayList<>();
    byte[] unread = values.get(PAUSE);
    Pause pause =
        unread == null
            ? null
            : new Pause("unknown", "the entry cannot be read", Instant.EPOCH, null);
    for (byte[] value : values.values()) {
      switch (ControlJson.decode(ControlMessage.class, value)) {
        case Decoded.Ok<ControlMessage>(Silence silence) -> silences.add(silence);
        case Decoded.Ok<ControlMessage>(Ack ack) -> acks.add(ack);
        case Decoded.Ok<ControlMessage>(Pause decoded) -> pause = decoded;
        case Decoded.Ok<ControlMessage> _ ->
            log.warn("bucket {}: ignoring a message of another type", JetStreamAssets.SILENCES);
        case Decoded.Malformed<ControlMessage> bad ->
            log.warn(
                "bucket {}: ignoring an invalid entry: {}", JetStreamAssets.SILENCES, bad.detail());
      }
    }
    return new OperatorState(silences, acks, pause);
  }

  /**
   * Writes or deletes an entry and deletes expired ones; completes once the shared state has the
   * change.
   */
  Mono<Void> store(OperatorInput input, boolean set, List<OperatorInput> expired) {
    return connection
        .withBucket(
            JetStreamAssets.SILENCES,
            bucket -> {
              for (OperatorInput each : expired) {
                bucket.delete(key(each));
              }
              if (!expired.isEmpty()) {
                bucket.purgeDeletes();
              }
              if (set) {
                long _ = bucket.put(key(input), ControlJson.encode(input));
              } else {
                bucket.delete(key(input));
              }
              return bucket.history().last(); // this change or a later one
            })
        .flatMap(revision -> shared.awaitRevision(revision, DELIVERY_TIMEOUT));
  }

  /**
   * The entries of operators' input that the engine last received, with the history of their
   * bucket.
   *
   * @param history of the bucket, up to the last change that was read
   * @param values stored values by key
   */
  record Known(Bucket.History history, Map<String, byte[]> values) {
    Known {
      values = Map.copyOf(values);
    }

    /**
     * Whether the bucket has lost its history: it was created again, or has fewer changes than were
     * read.
     */
    boolean isLostIn(Bucket.History now) {
      return !now.created().equals(history.created()) || now.last() < history.last();
    }

    /**
     * The entries to restore; none if the bucket has kept its history, because missing entries were
     * deleted then.
     *
     * @param found the keys in the bucket, including deletion markers: later changes win
     */
    Map<String, byte[]> missingIn(Bucket.History now, Set<String> found) {
      Map<String, byte[]> missing = new TreeMap<>();
      if (isLostIn(now)) {
        missing.putAll(values);
        missing.keySet().removeAll(found);
      }
      return missing;
    }

    /** A copy that counts as lost until the engine receives the bucket again. */
    Known lost() {
      return new Known(history.with(Long.MAX_VALUE), values);
    }

    /** The number of entries by kind, as "{pause=1, silence=2}". */
    static String count(Set<String> keys) {
      return keys.stream()
          .collect(
              Collectors.groupingBy(
                  key -> key.replaceAll("\\..*", ""), TreeMap::new, Collectors.counting()))
          .toString();
    }
  }
}
