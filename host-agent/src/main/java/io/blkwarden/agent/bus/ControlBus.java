package io.blkwarden.agent.bus;

import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.util.Optional;

/** Receives the messages of the core. No method blocks on the network. */
public interface ControlBus {
  /** Publishes a batch of samples; dropped and counted while disconnected. */
  void sample(byte[] batch);

  /** Publishes a heartbeat; replaces one that is not published yet. */
  void heartbeat(Heartbeat heartbeat);

  /**
   * Publishes mapping events in order, at least once. Up to {@link PendingMessages#MAX_EVENTS} are
   * queued; then the oldest is dropped, which the revisions show. A snapshot replaces one that is
   * not published yet, and is also stored in the mapping bucket.
   */
  void mapping(MappingEvent event);

  /** Why a snapshot is too large for the server; empty if it is not. */
  default Optional<String> tooLarge(MappingSnapshot snapshot) {
    return Optional.empty();
  }

  /**
   * Publishes an outcome until the audit stream confirms it. Up to {@link
   * PendingMessages#MAX_OUTCOMES} are queued; then the oldest is dropped and counted.
   */
  void outcome(Outcome outcome);

  /** Health of the connection, to which the agent adds that of its sources. */
  AgentHealth health();
}
