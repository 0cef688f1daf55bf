package io.blkwarden.agent.bus;

import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.Optional;

/**
 * The way to the controllers. No method waits for the network: what is said is queued, bounded, and
 * sent by the bus's own thread.
 */
public interface ControlBus {
  /** Begins to connect, for ever, and to hear commands. */
  void start(BusListener listener);

  /** Sends a batch of samples now or never: one that meets no connection is dropped and counted. */
  void sample(byte[] batch);

  /** Sends a heartbeat; one not sent yet gives way to it. */
  void heartbeat(Heartbeat heartbeat);

  /**
   * Sends mapping events in order, at least once. They are kept while there is no connection, up to
   * {@link Outbox#MAX_EVENTS}; beyond it the oldest give way, which the revisions show. A snapshot
   * takes the place of a kept one, and is put into the mapping bucket too.
   */
  void mapping(MappingEvent event);

  /** Why a snapshot is too large for the server to take; empty when it is not. */
  default Optional<String> tooLarge(MappingSnapshot snapshot) {
    return Optional.empty();
  }

  /**
   * Sends an outcome until the audit stream has confirmed it. Up to {@link Outbox#MAX_OUTCOMES} are
   * kept; beyond it the oldest is given up, and counted.
   */
  void outcome(Outcome outcome);

  /** Whether it works, and what it has dropped. */
  BusState state();

  /** Gives what is kept some time to be sent, then ends the connection. */
  void stop(Duration patience);
}
