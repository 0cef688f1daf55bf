package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsLink;
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

  /** Begin of the keys of silences. */
  static final String SILENCE = "silence.";

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final NatsLink link;
  private final SharedStates shared;
  private final Set<String> restored = ConcurrentHashMap.newKeySet();
  private volatile @Nullable KnownOperatorInputs known;

  OperatorInputBucket(NatsLink link, SharedStates shared) {
    this.link = link;
    this.shared = shared;
  }

  /** All of the bucket at a change of it. */
  private record Whole(Map<String, byte[]> values, Bucket.History history) {}

  /** The entries of the bucket as they come. */
  private static final class Entries {
    private final Map<String, byte[]> values = new TreeMap<>();
    private final Set<String> found = new HashSet<>();
    private final Set<String> awaited = new HashSet<>();
    private Bucket.History history;
    private boolean whole;

    Entries(Bucket.History history) {
      this.history = history;
    }

    void take(KvEvent event) {
      switch (event) {
        case KvEvent.Whole _ -> whole = true;
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

    /** All of it; absent until all was read, what is written back too. */
    @Nullable Whole all() {
      return whole && awaited.isEmpty() ? new Whole(Map.copyOf(values), history) : null;
    }
  }

  /**
   * Follows the bucket: tells the shared state all of it, and again with each change. An element
   * each time that it was told; fails when it cannot be.
   *
   * <p>When the bucket has lost its history, what this controller knows is written back first, and
   * told once it is read again: until then the engine goes on with what it was told before.
   */
  Flux<Boolean> follow() {
    return history()
        .flatMapMany(before -> {
          Entries entries = new Entries(before);
          shared.restart();
          return link.watch(JetStreamAssets.SAID)
              .concatMap(event -> {
                entries.take(event);
                return event instanceof KvEvent.Whole
                    ? restore(entries, before).then(Mono.justOrEmpty(entries))
                    : Mono.just(entries);
              })
              .mapNotNull(Entries::all)
              .handle(this::tell);
        });
  }

  private void tell(Whole all, SynchronousSink<Boolean> sink) {
    OperatorState operatorState = parse(all.values());
    if (shared.tell(new SharedState.OperatorInputs(operatorState), all.history().last())) {
      known = new KnownOperatorInputs(all.history(), all.values());
      sink.next(true);
    } else {
      sink.error(new NatsException("the engine does not take what operators said", ""));
    }
  }

  private Mono<Bucket.History> history() {
    return link.inBucket(JetStreamAssets.SAID, Bucket::history);
  }

  /** Whether the bucket has lost the history that this controller knows. */
  Mono<Boolean> isLost() {
    KnownOperatorInputs last = known;
    return last == null ? Mono.just(false) : history().map(last::isLostIn);
  }

  /** Writes back what the bucket has lost, if it has, and awaits it. */
  private Mono<Void> restore(Entries entries, Bucket.History before) {
    KnownOperatorInputs last = known;
    return history()
        .flatMap(now -> {
          if (!now.created().equals(before.created())) { // what was read may be of the last one
            return Mono.error(
                new NatsException(JetStreamAssets.SAID + " was created again meanwhile", ""));
          }
          if (last == null || !last.isLostIn(before)) {
            return Mono.empty();
          }
          known = last.lost();
          Map<String, byte[]> missing = last.missingIn(before, entries.found);
          entries.awaited.addAll(missing.keySet());
          return link.inBucket(JetStreamAssets.SAID, bucket -> restore(bucket, missing)).then();
        });
  }

  /** Stops at the first entry that cannot be written; the next attempt goes on from there. */
  private boolean restore(Bucket bucket, Map<String, byte[]> missing) throws IOException {
    for (Map.Entry<String, byte[]> each : missing.entrySet()) {
      if (bucket.restore(each.getKey(), each.getValue())) {
        restored.add(each.getKey());
      }
    }
    report();
    return true;
  }

  /** Logs what this controller has written back, however many attempts that took. */
  private void report() {
    if (!restored.isEmpty()) {
      log.warn(
          "NATS lost entries of the bucket {}: restored {} ({})",
          JetStreamAssets.SAID,
          restored.size(),
          KnownOperatorInputs.count(restored));
      restored.clear();
    }
  }

  private static String key(OperatorInput input) {
    return switch (input) {
      case Silence silence -> SILENCE + silence.id().value();
      case Ack ack -> "ack." + ack.about().value();
      case Pause _ -> PAUSE;
    };
  }

  /** The entries of the bucket; a pause that cannot be read counts as one. */
  static OperatorState parse(Map<String, byte[]> values) {
    List<Silence> silences = new ArrayList<>();
    List<Ack> acks = new ArrayList<>();
    byte[] unread = values.get(PAUSE);
    Pause pause =
        unread == null ? null : new Pause("somebody", "the entry cannot be read", Instant.EPOCH);
    for (byte[] value : values.values()) {
      switch (ControlJson.decode(ControlMessage.class, value)) {
        case Decoded.Ok<ControlMessage>(Silence silence) -> silences.add(silence);
        case Decoded.Ok<ControlMessage>(Ack ack) -> acks.add(ack);
        case Decoded.Ok<ControlMessage>(Pause said) -> pause = said;
        case Decoded.Ok<ControlMessage> _ ->
            log.warn("{}: a message that does not belong there is ignored", JetStreamAssets.SAID);
        case Decoded.Malformed<ControlMessage> bad ->
            log.warn("{}: an entry cannot be read: {}", JetStreamAssets.SAID, bad.detail());
      }
    }
    return new OperatorState(silences, acks, pause);
  }

  /**
   * Writes or deletes an entry and deletes those that are over; completes once the shared state has
   * it.
   */
  Mono<Void> store(OperatorInput input, boolean set, List<OperatorInput> expired) {
    return link.inBucket(
            JetStreamAssets.SAID,
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
              return bucket.lastRevision(); // this change or a later one
            })
        .flatMap(revision -> shared.reaches(revision, PATIENCE));
  }
}
