package io.blkwarden.controller.testing;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * The configuration of BlockHound. Exceptions are calls that do not wait for external events:
 *
 * <ul>
 *   <li>{@link java.security.SecureRandom} reads {@code /dev/urandom}, which never blocks once the
 *       system has started.
 *   <li>The NATS client has a lock for its queue of outgoing messages, which a publisher holds
 *       while it adds a message. The engine publishes commands and answers from its own thread and
 *       shares the lock with other threads. If the queue is full, the message is discarded.
 * </ul>
 */
public final class MayWait implements BlockHoundIntegration {
  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder
        .allowBlockingCallsInside("java.security.SecureRandom", "nextBytes")
        .allowBlockingCallsInside("io.nats.client.impl.WriterMessageQueue", "push");
  }
}
