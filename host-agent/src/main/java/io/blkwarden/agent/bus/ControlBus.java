package io.blkwarden.agent.bus;

import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.util.Optional;

/** Where an agent's core puts its effects. No method waits for the network. */
public interface ControlBus {
  /** Publishes a batch of samples now or never: without a connection it is dropped and counted. */
  void sample(byte[] batch);

  /** Publishes a heartbeat; it replaces one that is not published yet. */
  void heartbeat(Heartbeat heartbeat);

  /**
   * Publishes mapping events in order, at least once. They are kept while there is no connection,
   * up to {@link PendingMessages#MAX_EVENTS}; beyond it the oldest are dropped, which the revisions
   * show. A snapshot replaces one that is not published yet, and is stored in the mapping bucket
   * too.
   */
  void mapping(MappingEvent event);

  /** Why a snapshot is too large for the server to take; empty when it is not. */
  default Optional<String> tooLarge(MappingSnapshot snapshot) {
    return Optional.empty();
  }

  /**
   * Publishes an outcome until the audit stream has confirmed it. Up to {@link
   * PendingMessages#MAX_OUTCOMES} are kept; beyond it the oldest is dropped and counted.
   */
  void outcome(Outcome outcome);

  /** Whether it works, and what it has dropped. */
  BusState state();
}
