package io.blkwarden.controller.testing;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What the detector of blocking calls reports, and what does not wait for anything from outside:
 *
 * <ul>
 *   <li>{@link java.security.SecureRandom} reads {@code /dev/urandom}, which never waits once the
 *       system has started.
 *   <li>The NATS client guards its queue of outgoing messages by a lock that a publisher holds
 *       while it adds one. The engine publishes commands and answers from its own thread, and
 *       shares that lock with the others. A full queue is no reason to wait: a message is discarded
 *       then.
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
