package io.blkwarden.controller.nats;

import io.blkwarden.commandline.nats.NatsCredentials;
import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayPage;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The NATS session of an operator's or viewer's command: requests to a controller, and alerts as
 * they arrive. Calls block. It needs no JetStream permissions.
 *
 * <p>Requests are on subjects with the user's public key, or without a key if the connection has no
 * credentials.
 */
public final class OperatorSession implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PAGE_TIMEOUT = Duration.ofSeconds(20);

  private final NatsSettings settings;
  private final Connection connection;
  private final OperatorListener listener;
  private final @Nullable OperatorKey key;

  private OperatorSession(
      NatsSettings settings,
      Connection connection,
      OperatorListener listener,
      @Nullable OperatorKey key) {
    this.settings = settings;
    this.connection = connection;
    this.listener = listener;
    this.key = key;
  }

  /** Connects. */
  public static OperatorSession open(NatsSettings settings) throws NatsException {
    return open(settings, "cli", () -> {});
  }

  /** Connects under a name, to run {@code onReconnected} when a lost connection is back. */
  static OperatorSession open(NatsSettings settings, String link, Runnable onReconnected)
      throws NatsException {
    OperatorListener listener =
        new OperatorListener(link, settings.printableServers(), onReconnected);
    Connection connection = new Connector(settings).connect(link, listener);
    try {
      return new OperatorSession(settings, connection, listener, key(settings.credentials()));
    } catch (NatsException e) {
      Connector.close(connection);
      throw e;
    }
  }

  private static @Nullable OperatorKey key(@Nullable Path credentials) throws NatsException {
    try {
      return credentials == null
          ? null
          : new OperatorKey(
              NatsCredentials.read(credentials)
                  .publicKey()
                  .orElseThrow(() -> new IllegalArgumentException("without a seed")));
    } catch (IOException | IllegalArgumentException e) {
      throw new NatsException(
          "the NATS credentials %s contain no user seed (%s)"
              .formatted(credentials, e.getMessage()),
          "check --creds and NATS_CREDS",
          e);
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
    String verb = request.ask().verb();
    Subjects subjects = settings.subjects();
    String subject = key == null ? subjects.operator(verb) : subjects.operator(verb, key);
    return ask(subject, request, OperatorReply.class, timeout);
  }

  private ReplayPage page(RecordKind kind, ReplayRequest request) throws NatsException {
    Subjects subjects = settings.subjects();
    String subject = key == null ? subjects.replay(kind) : subjects.replay(kind, key);
    return ask(subject, request, ReplayPage.class, PAGE_TIMEOUT);
  }

  private <T extends ControlMessage> T ask(
      String subject, ControlMessage request, Class<T> type, Duration timeout)
      throws NatsException {
    try {
      CompletableFuture<Message> reply =
          connection.requestWithTimeout(subject, ControlJson.encode(request), timeout);
      listener.cancelOnRefusal(reply);
      Message answer = reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return switch (ControlJson.decode(type, answer.getData())) {
        case Decoded.Ok<T> ok -> ok.value();
        case Decoded.Malformed<T> bad ->
            throw new NatsException(
                "invalid answer from the controller (%s)".formatted(bad.detail()),
                "check that both have the same version: blkwarden --version");
      };
    } catch (CancellationException | TimeoutException e) {
      throw listener
          .refusal(e)
          .orElseGet(() ->
              new NatsException(
                  "no answer from a controller within %d s".formatted(timeout.toSeconds()),
                  "check /readyz and the log of the controllers, and 'blkwarden alerts': the"
                      + " request may still be carried out",
                  e));
    } catch (ExecutionException e) {
      throw listener
          .refusal(e)
          .orElseGet(() ->
              new NatsException(
                  "no controller answers on %s".formatted(subject),
                  "start one with 'blkwarden controller' or check --prefix",
                  e));
    } catch (InterruptedException e) {
      throw NatsException.interrupted(e);
    }
  }

  /** Passes all stored messages of a kind to {@code consumer}, in order. */
  public void records(RecordKind kind, Consumer<Records.Stored> consumer) throws NatsException {
    Optional<String> _ =
        Records.each(this::page, kind, ReplayRequest.since(null), () -> false, consumer);
  }

  /**
   * Passes the alerts since {@code since} to {@code consumer}, in order; then, if {@code follow},
   * new ones, until {@code stopped}.
   */
  public void alerts(
      Instant since, boolean follow, BooleanSupplier stopped, Consumer<Records.Stored> consumer)
      throws NatsException {
    if (follow) {
      new AlertFollower(connection, settings.subjects(), this::page).run(since, stopped, consumer);
    } else {
      Optional<String> _ =
          Records.each(this::page, RecordKind.ALERT, ReplayRequest.since(since), stopped, consumer);
    }
  }

  /** The decisions, outcomes and alerts of a query's subject since {@code since}. */
  public AuditTrail auditTrail(AuditQuery query, Instant since, BooleanSupplier stopped)
      throws NatsException {
    return Records.auditTrail(this::page, query, since, stopped);
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void close() {
    Connector.close(connection);
  }
}
