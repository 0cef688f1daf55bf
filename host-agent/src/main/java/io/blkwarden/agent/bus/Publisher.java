package io.blkwarden.agent.bus;

import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Encodes and publishes the messages of a host in one session, and reports the results.
 *
 * @param timer schedules the timeouts
 */
public record Publisher(
    HostId host, Subjects subjects, Session session, PendingMessages pending, Scheduler timer) {
  /** Name of the bucket with the last snapshot of each host. */
  public static final String MAPPING_BUCKET = "blkwarden-mapping";

  /** How long JetStream may take to confirm a message. */
  public static final Duration CONFIRM_WITHIN = Duration.ofSeconds(5);

  private static final Duration FLUSH_WITHIN = Duration.ofSeconds(2);

  @SuppressWarnings("ArrayRecordComponent") // passed on once, and never compared
  private record Encoded(MappingEvent event, byte[] json) {}

  /** Sends a reply; one that fails is dropped, because the requester retries. */
  public Mono<Void> reply(PendingMessages.Reply reply) {
    return Mono.defer(() -> session.publish(reply.to(), ControlJson.encode(reply.outcome())))
        .onErrorResume(failure -> dropped(failure, "replies"));
  }

  /** Publishes samples; a batch that fails is dropped and counted. */
  public Mono<Void> samples(byte[] batch) {
    return session
        .publish(subjects.sample(host), batch)
        .onErrorResume(failure -> dropped(failure, "samples"));
  }

  /** Publishes a heartbeat; one that fails is dropped. */
  public Mono<Void> heartbeat(Heartbeat beat) {
    return Mono.defer(() -> session.publish(subjects.heartbeat(host), ControlJson.encode(beat)))
        .doOnError(failure -> fault(AgentHealth.NATS, failure))
        .onErrorComplete();
  }

  private Mono<Void> dropped(Throwable failure, String kind) {
    fault(AgentHealth.NATS, failure);
    health().drop(kind);
    return Mono.empty();
  }

  /** Stores an outcome in the audit stream; can be retried. */
  public Mono<Void> outcome(Outcome outcome) {
    return confirmed(
            Mono.defer(() ->
                session.store(
                    subjects.outcome(host),
                    Optional.of(outcome.id().value()),
                    ControlJson.encode(outcome))),
            AgentHealth.AUDIT)
        .doOnSuccess(_ -> pending.stored(outcome.id()));
  }

  /**
   * Publishes the oldest mapping events in order, and completes when the server has received them;
   * can be retried. An event that is too large is dropped and counted.
   *
   * @return the JSON of the snapshot among them, if any
   */
  public Mono<byte[]> mappings() {
    return Mono.fromSupplier(pending::batch)
        .filter(batch -> !batch.isEmpty())
        .flatMap(this::publishAll)
        .doOnError(failure -> fault(AgentHealth.MAPPING, failure));
  }

  private Mono<byte[]> publishAll(List<MappingEvent> batch) {
    return Flux.fromIterable(batch)
        .map(Publisher::encode)
        .filter(this::fits)
        .concatMap(each ->
            session.publish(subjects.mapping(host, each.event.event()), each.json).thenReturn(each))
        .filter(each -> each.event instanceof MappingSnapshot)
        .map(Encoded::json)
        .takeLast(1)
        .collectList()
        .delayUntil(_ -> session.flush(FLUSH_WITHIN))
        .doOnNext(snapshots -> {
          health().clear(AgentHealth.MAPPING);
          if (!snapshots.isEmpty()) {
            health().clear(AgentHealth.SIZE);
          }
          pending.published(batch);
        })
        .flatMap(snapshots -> Mono.justOrEmpty(snapshots.stream().findFirst()));
  }

  private static Encoded encode(MappingEvent event) {
    return new Encoded(event, ControlJson.encode(event));
  }

  private boolean fits(Encoded each) {
    Optional<String> tooLarge = pending.tooLarge(each.event.event(), each.json.length);
    tooLarge.ifPresent(why -> {
      health().drop("mapping_too_large");
      health().fault(AgentHealth.SIZE, why);
    });
    return tooLarge.isEmpty();
  }

  /** Stores the latest snapshot in the mapping bucket; can be retried. */
  public Mono<Void> storeSnapshot(byte[] snapshot) {
    String subject = "$KV.%s.%s".formatted(MAPPING_BUCKET, HostToken.key(host));
    return confirmed(session.store(subject, Optional.empty(), snapshot), AgentHealth.BUCKET);
  }

  /** Waits until a message is stored, and sets or clears the fault of a component. */
  private Mono<Void> confirmed(Mono<Void> stored, String component) {
    return stored
        .timeout(
            CONFIRM_WITHIN,
            Mono.error(() ->
                new IOException("not confirmed within %d s".formatted(CONFIRM_WITHIN.toSeconds()))),
            timer)
        .doOnError(failure -> fault(component, failure))
        .doOnSuccess(_ -> health().clear(component));
  }

  private AgentHealth health() {
    return pending.health();
  }

  private void fault(String what, Throwable failure) {
    health().fault(what, String.valueOf(failure.getMessage()));
  }
}
