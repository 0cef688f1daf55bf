package io.blkwarden.agent.bus;

import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * An established connection to NATS.
 *
 * <p>What a {@link Mono} does is done by the thread that subscribes, which may have to wait when
 * the server does not read: the link's scheduler, and no other. A failure's message is the reason,
 * in words for a log.
 */
public interface Session {
  /**
   * Subscribes; cancelling unsubscribes. Messages come on the client's dispatcher thread, which
   * must not be blocked, and are discarded if they were not requested: bound them downstream.
   */
  Flux<Delivery> subscribe(String subject);

  /** Publishes, without waiting for the server. */
  Mono<Void> publish(String subject, byte[] payload);

  /** Completes when the server has read what was published before. */
  Mono<Void> flush(Duration within);

  /**
   * Publishes to JetStream; completes on the link's scheduler when the message is stored.
   *
   * @param id the server ignores a second message with the same one
   */
  Mono<Void> store(String subject, Optional<String> id, byte[] payload);

  /** Longest message that the server takes, in bytes; 0 if it did not say. */
  long maxPayload();
}
