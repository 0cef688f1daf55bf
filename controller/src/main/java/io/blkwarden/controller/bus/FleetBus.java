package io.blkwarden.controller.bus;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.nats.BusMessage;
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
 * The fleet's messages as flows: what comes in and what is stored as {@link Flux}, what is asked
 * and written as {@link Mono}.
 *
 * <p>Each flow is subscribed to once, perhaps before there is a connection; it then lasts over
 * reconnections, and to cancel it is to unsubscribe. None fails.
 */
public interface FleetBus {
  /** Batches of samples, in binary, on the thread of the client that brings them. */
  Flux<BusMessage> samples();

  /** Changes of the hosts' maps and their heartbeats, in JSON, in the order in which they came. */
  Flux<BusMessage> reports();

  /** Outcomes of commands and leases, in JSON. */
  Flux<BusMessage> outcomes();

  /** Operators' requests, in JSON, that say where an answer may go. */
  Flux<BusMessage> requests();

  /** All stored maps, at a start and after each reconnection, as they are asked for. */
  Flux<StoredMapping> mappings();

  /** What controllers share, in order: what operators said before a claim is given. */
  Flux<SharedState> shared();

  /**
   * Asks a host's agent; fails at once when NATS is away or no agent is subscribed. Not queued.
   *
   * @param timeout how long an answer may take
   */
  Mono<byte[]> request(HostId host, byte[] command, Duration timeout);

  /** Answers an operator's request; an answer that NATS cannot take is lost, and so asked again. */
  void reply(String replyTo, OperatorReply reply);

  /** Takes note of the highest epoch that an agent says it has seen. */
  void noticeEpoch(long epoch);

  /**
   * Writes or deletes a silence, an acknowledgement or the pause; completes once {@link #shared}
   * has brought it.
   *
   * @param set whether to write it
   * @param expired what is over and deleted as well
   */
  Mono<Void> store(OperatorInput input, boolean set, List<OperatorInput> expired);

  /** Deletes a host's stored map. */
  Mono<Void> forget(HostId host);

  /** A host's stored map; empty when there is none. */
  Mono<StoredMapping> mapping(HostId host);

  /** Stores what was learned of the fleet, of a class the latest; never fails: a loss is logged. */
  Mono<Void> storeBaseline(DiskBaseline baseline);

  /**
   * Stores alerts, in order and until they are acknowledged; while another controller leads they
   * are left to that one. Requests without a bound, and bounds what waits itself.
   *
   * @return completes when all are through
   */
  Mono<Void> publishAlerts(Flux<Alert> alerts);

  /**
   * Stores decisions, in order and until they are acknowledged; bounded in the same way.
   *
   * @return completes when all are through
   */
  Mono<Void> publishDecisions(Flux<DecisionNote> decisions);

  /** How the connection and the claim are. */
  BusState state();
}
