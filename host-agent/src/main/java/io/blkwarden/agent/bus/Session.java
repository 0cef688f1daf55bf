package io.blkwarden.agent.bus;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * An established connection to NATS.
 *
 * <p>A {@link Mono} runs on the subscribing thread and may block on the server, so subscribe on the
 * link's scheduler only. The message of a failure is its reason, for the log.
 */
public interface Session {
  /**
   * Subscribes; cancelling unsubscribes. Messages are emitted on the client's dispatcher thread,
   * which must not block, and discarded without demand: buffer them downstream.
   */
  Flux<Delivery> subscribe(String subject);

  /** Publishes without waiting for the server. */
  Mono<Void> publish(String subject, byte[] payload);

  /** Completes when the server has received all earlier messages. */
  Mono<Void> flush(Duration within);

  /**
   * Publishes to JetStream; completes on the link's scheduler when the message is stored.
   *
   * @param id message id for deduplication
   */
  Mono<Void> store(String subject, Optional<String> id, byte[] payload);

  /** The longest message the server accepts, in bytes; 0 if unknown. */
  long maxPayload();

  /**
   * A received message.
   *
   * @param replyTo reply subject; null if no reply is expected
   * @param payload the content
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on once, and never compared
  record Delivery(@Nullable String replyTo, byte[] payload) {}
}
