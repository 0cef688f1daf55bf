package io.blkwarden.controller.bus;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorReply;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The fleet's messages and stored state as Reactor flows.
 *
 * <p>Each {@link Flux} is for one subscriber, who may subscribe before there is a connection. It
 * survives reconnections and never fails; cancelling it unsubscribes.
 */
public interface FleetBus {
  /** Sample batches, in binary, on the jnats thread. */
  Flux<BusMessage> samples();

  /** Mapping events and heartbeats of hosts, in JSON, in order of arrival. */
  Flux<BusMessage> reports();

  /** Outcomes of commands and leases, in JSON. */
  Flux<BusMessage> outcomes();

  /** Operators' requests with a reply subject, in JSON. */
  Flux<BusMessage> operatorRequests();

  /** All stored mappings, after the start and each reconnection, on demand. */
  Flux<StoredMapping> storedMappings();

  /** The state that controllers share, in order: operators' input precedes leadership. */
  Flux<SharedState> sharedState();

  /**
   * Sends a command to a host's agent and emits the reply, on a thread that must not block. Fails
   * at once when NATS is away or no agent is subscribed; nothing is queued.
   */
  Mono<byte[]> sendCommand(HostId host, byte[] command, Duration timeout);

  /** Replies to an operator's request; the reply is lost if NATS is away. */
  void reply(String replyTo, OperatorReply reply);

  /** Records the highest epoch that an agent has seen. */
  void observeEpoch(long epoch);

  /**
   * Writes or deletes a silence, an acknowledgement or the pause; completes once {@link
   * #sharedState} has emitted the change.
   *
   * @param set whether to write it
   * @param expired inputs to delete as well
   */
  Mono<Void> storeOperatorInput(OperatorInput input, boolean set, List<OperatorInput> expired);

  /** Deletes a host's stored mapping. */
  Mono<Void> deleteMapping(HostId host);

  /** A host's stored mapping; empty if there is none. */
  Mono<StoredMapping> storedMapping(HostId host);

  /** Stores the latest baseline of a class; never fails: a loss is logged. */
  Mono<Void> storeBaseline(DiskBaseline baseline);

  /**
   * Stores alerts, in order, until they are acknowledged; discards them while another controller
   * leads. Requests without bound: it has a bounded queue of its own.
   *
   * @return completes when {@code alerts} has completed and each is stored, discarded or dropped
   */
  Mono<Void> publishAlerts(Flux<Alert> alerts);

  /** Stores decisions, in order, until they are acknowledged; queue and completion as above. */
  Mono<Void> publishDecisions(Flux<DecisionNote> decisions);

  /** The state of the connections and of leadership. */
  Status status();

  /** A change of the state that controllers share over NATS. */
  public sealed interface SharedState {
    /** All silences, acknowledgements and the pause; precedes leadership, and at each change. */
    record OperatorInputs(OperatorState operatorState) implements SharedState {}

    /** A stored baseline; those of all classes at first, then changes. */
    record Baseline(DiskBaseline baseline) implements SharedState {}

    /**
     * The open alerts of the stream: directly before leadership, and once more if the stream could
     * not be read then.
     *
     * @param complete whether the stream was read
     */
    record OpenAlerts(List<Alert> open, boolean complete) implements SharedState {}

    /** Who leads. */
    record LeadershipChanged(Leadership leadership) implements SharedState {}
  }

  /**
   * A host's last mapping snapshot, from the bucket {@code blkwarden-mapping}.
   *
   * @param key which only the host's agent may write
   * @param json the snapshot
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on once, and never compared
  record StoredMapping(String key, byte[] json) {}

  /**
   * The state of the bus, for readiness and metrics.
   *
   * @param connected whether all connections are up
   * @param ready whether streams and buckets exist and everything is subscribed
   * @param leadership who leads
   * @param problem what is wrong and what to do about it; empty if nothing is
   */
  record Status(boolean connected, boolean ready, Leadership leadership, String problem) {}
}
