package io.blkwarden.controller.testing;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What the detector of blocking calls takes for one and is none: {@code /dev/urandom}, from which
 * {@link java.security.SecureRandom} reads, never waits once the system has started.
 */
public final class MayWait implements BlockHoundIntegration {
  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder.allowBlockingCallsInside("java.security.SecureRandom", "nextBytes");
  }
}
