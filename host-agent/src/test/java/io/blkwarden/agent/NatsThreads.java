package io.blkwarden.agent;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Enables BlockHound for the agent's callbacks on threads of the NATS client, in all tests of this
 * module. The client's own loops may wait for the network.
 */
public final class NatsThreads implements BlockHoundIntegration {
  private static final String ADAPTER = "io.blkwarden.agent.nats.";

  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder
        .nonBlockingThreadPredicate(
            others -> others.or(thread -> thread.getName().startsWith("nats-")))
        .allowBlockingCallsInside(ADAPTER + "NatsLink", "run")
        .disallowBlockingCallsInside(ADAPTER + "NatsSession", "deliver")
        .disallowBlockingCallsInside(ADAPTER + "NatsLink$Notices", "connectionEvent")
        .disallowBlockingCallsInside(ADAPTER + "NatsLink$Notices", "errorOccurred")
        .disallowBlockingCallsInside(ADAPTER + "NatsLink$Notices", "exceptionOccurred");
  }
}
