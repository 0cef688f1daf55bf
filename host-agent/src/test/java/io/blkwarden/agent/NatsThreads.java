package io.blkwarden.agent;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Lets BlockHound watch what the agent does on the NATS client's threads, in every test of this
 * module: the client's own loops wait for the network, but nothing that they call back may.
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
