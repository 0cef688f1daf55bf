package io.blkwarden.controller.nats;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayRequest;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The NATS session of an operator's or viewer's command: requests to a controller, and alerts as
 * they arrive. Calls block. It needs no JetStream permissions.
 */
public final class OperatorSession implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final NatsSettings settings;
  private final Connection connection;
  private final OperatorListener listener;
  private final ControllerRequests requests;

  private OperatorSession(
      NatsSettings settings,
      Connection connection,
      OperatorListener listener,
      ControllerRequests requests) {
    this.settings = settings;
    this.connection = connection;
    this.listener = listener;
    this.requests = requests;
  }

  /** Connects. */
  public static OperatorSession open(NatsSettings settings, RandomGenerator random)
      throws NatsException {
    return open(settings, random, "cli", () -> {});
  }

  /** Connects under a name, to run {@code onReconnected} when a lost connection is back. */
  static OperatorSession open(
      NatsSettings settings, RandomGenerator random, String link, Runnable onReconnected)
      throws NatsException {
    OperatorListener listener =
        new OperatorListener(link, settings.printableServers(), onReconnected);
    Connection connection = new Connector(settings, random).connect(link, listener);
    try {
      return new OperatorSession(
          settings, connection, listener, new ControllerRequests(settings, connection, listener));
    } catch (NatsException e) {
      Connector.close(connection);
      throw e;
    }
  }

  /**
   * Passes heartbeats to {@code consumer} as they arrive, until {@code stopped}; none if these
   * credentials may not subscribe to them.
   */
  public void heartbeats(BooleanSupplier stopped, Consumer<Heartbeat> consumer)
      throws NatsException {
    Subscription subscription = connection.subscribe(settings.subjects().allHeartbeats());
    try {
      while (!stopped.getAsBoolean() && listener.refusal().isEmpty()) {
        Message message = subscription.nextMessage(POLL);
        if (message != null
            && ControlJson.decode(Heartbeat.class, message.getData())
                instanceof Decoded.Ok<Heartbeat>(Heartbeat beat)
            && settings.subjects().heartbeat(beat.host()).equals(message.getSubject())) {
          consumer.accept(beat);
        }
      }
      subscription.unsubscribe();
    } catch (InterruptedException e) {
      throw NatsException.interrupted(e);
    }
  }

  /** Sends a request to the controller and waits for the reply. */
  public OperatorReply ask(OperatorRequest request, Duration timeout) throws NatsException {
    return requests.ask(request, timeout);
  }

  /** Passes all stored messages of a kind to {@code consumer}, in order. */
  public void records(RecordKind kind, Consumer<Records.Stored> consumer) throws NatsException {
    Optional<String> _ =
        Records.each(requests, kind, ReplayRequest.since(null), () -> false, consumer);
  }

  /**
   * Passes the alerts since {@code since} to {@code consumer}, in order; then, if {@code follow},
   * new ones, until {@code stopped}.
   */
  public void alerts(
      Instant since, boolean follow, BooleanSupplier stopped, Consumer<Records.Stored> consumer)
      throws NatsException {
    if (follow) {
      new AlertFollower(connection, settings.subjects(), requests).run(since, stopped, consumer);
    } else {
      Optional<String> _ =
          Records.each(requests, RecordKind.ALERT, ReplayRequest.since(since), stopped, consumer);
    }
  }

  /** The decisions, outcomes and alerts of a query's subject since {@code since}. */
  public AuditTrail auditTrail(AuditQuery query, Instant since, BooleanSupplier stopped)
      throws NatsException {
    return Records.auditTrail(requests, query, since, stopped);
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void close() {
    Connector.close(connection);
  }
}
