package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsLink;
import io.blkwarden.controller.said.Said;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.message.Silence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * The bucket {@code blkwarden-silences} with silences, acknowledgements and the pause; only
 * controllers write it.
 */
final class OperatorInputs {
  private static final Logger log = LoggerFactory.getLogger(OperatorInputs.class);
  private static final String PAUSE = "pause";
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final NatsLink link;
  private final SharedStates shared;

  OperatorInputs(NatsLink link, SharedStates shared) {
    this.link = link;
    this.shared = shared;
  }

  /** All of the bucket at a change of it. */
  private record Whole(Said said, long revision) {}

  /** The entries of the bucket as they come. */
  private static final class Entries {
    private final Map<String, byte[]> values = new TreeMap<>();
    private long revision;
    private boolean whole;

    void take(KvEvent event, SynchronousSink<Whole> sink) {
      switch (event) {
        case KvEvent.Whole _ -> whole = true;
        case KvEvent.Entry entry -> {
          revision = Math.max(revision, entry.revision());
          byte[] value = entry.value();
          if (value == null) {
            values.remove(entry.key());
          } else {
            values.put(entry.key(), value);
          }
        }
      }
      if (whole) {
        sink.next(new Whole(parse(values), revision));
      }
    }
  }

  /**
   * Follows the bucket: tells the shared state all of it, and again with each change. An element
   * each time that it was told; fails when it cannot be.
   */
  Flux<Boolean> follow() {
    return Flux.defer(() -> {
      Entries entries = new Entries();
      shared.restart();
      return link.watch(JetStreamAssets.SAID)
          .<Whole>handle(entries::take)
          .handle((all, sink) -> {
            if (shared.tell(new SharedState.OperatorInputs(all.said()), all.revision())) {
              sink.next(true);
            } else {
              sink.error(new NatsException("the engine does not take what operators said", ""));
            }
          });
    });
  }

  private static String key(OperatorInput input) {
    return switch (input) {
      case Silence silence -> "silence." + silence.id().value();
      case Ack ack -> "ack." + ack.about().value();
      case Pause _ -> PAUSE;
    };
  }

  /** The entries of the bucket; a pause that cannot be read counts as one. */
  static Said parse(Map<String, byte[]> values) {
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
    return new Said(silences, acks, pause);
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
