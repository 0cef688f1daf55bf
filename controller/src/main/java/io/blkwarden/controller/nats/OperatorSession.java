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
 * What a command of an operator or a viewer needs of NATS: requests to a controller, and alerts as
 * they come; each call waits for the server. Nothing of JetStream is needed.
 */
public final class OperatorSession implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final NatsSettings settings;
  private final Connection connection;
  private final OperatorListener listener;
  private final Requests requests;

  private OperatorSession(
      NatsSettings settings, Connection connection, OperatorListener listener, Requests requests) {
    this.settings = settings;
    this.connection = connection;
    this.listener = listener;
    this.requests = requests;
  }

  /** Connects. */
  public static OperatorSession open(NatsSettings settings, RandomGenerator random)
      throws NatsException {
    OperatorListener listener =
        new OperatorListener("operator", settings.printableServers(), () -> {});
    Connection connection = new Connector(settings, random).connect("cli", listener);
    try {
      return new OperatorSession(
          settings, connection, listener, new Requests(settings, connection, listener));
    } catch (NatsException e) {
      Connector.close(connection);
      throw e;
    }
  }

  /**
   * Gives heartbeats to {@code taker} as they arrive, until {@code stopped}; none when these
   * credentials may not listen to them.
   */
  public void heartbeats(BooleanSupplier stopped, Consumer<Heartbeat> taker) throws NatsException {
    Subscription subscription = connection.subscribe(settings.subjects().allHeartbeats());
    try {
      while (!stopped.getAsBoolean() && listener.refusal().isEmpty()) {
        Message message = subscription.nextMessage(POLL);
        if (message != null
            && ControlJson.decode(Heartbeat.class, message.getData())
                instanceof Decoded.Ok<Heartbeat>(Heartbeat beat)
            && settings.subjects().heartbeat(beat.host()).equals(message.getSubject())) {
          taker.accept(beat);
        }
      }
      subscription.unsubscribe();
    } catch (InterruptedException e) {
      throw NatsException.interrupted(e);
    }
  }

  /** Asks the controller and waits for its answer. */
  public OperatorReply ask(OperatorRequest request, Duration timeout) throws NatsException {
    return requests.ask(request, timeout);
  }

  /** Gives all stored messages of a kind to {@code taker}, in order. */
  public void records(RecordKind kind, Consumer<Records.Stored> taker) throws NatsException {
    Optional<String> _ =
        Records.each(requests, kind, ReplayRequest.since(null), () -> false, taker);
  }

  /**
   * Gives the alerts since {@code since} to {@code taker}, in order; then, if {@code follow}, those
   * that come, until {@code stopped}.
   */
  public void alerts(
      Instant since, boolean follow, BooleanSupplier stopped, Consumer<Records.Stored> taker)
      throws NatsException {
    if (follow) {
      new AlertFollower(connection, settings.subjects(), requests).run(since, stopped, taker);
    } else {
      Optional<String> _ =
          Records.each(requests, RecordKind.ALERT, ReplayRequest.since(since), stopped, taker);
    }
  }

  /** The decisions, outcomes and alerts about something since {@code since}. */
  public AuditTrail story(AuditQuery query, Instant since, BooleanSupplier stopped)
      throws NatsException {
    return Records.story(requests, query, since, stopped);
  }

  @Override
  public void close() {
    Connector.close(connection);
  }
}
