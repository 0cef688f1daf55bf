package io.blkwarden.controller.nats;

import io.blkwarden.commandline.nats.NatsCredentials;
import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.blkwarden.controller.snapshot.ControllerCounters;
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
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
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
 *
 * @param key of the user; absent without credentials
 */
public record OperatorSession(
    NatsSettings settings, Connection connection, Listener listener, @Nullable OperatorKey key)
    implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PAGE_TIMEOUT = Duration.ofSeconds(20);

  /** Connects. */
  public static OperatorSession open(NatsSettings settings) throws NatsException {
    return open(settings, "cli", () -> {});
  }

  /** Connects under a name, to run {@code onReconnected} when a lost connection is back. */
  static OperatorSession open(NatsSettings settings, String link, Runnable onReconnected)
      throws NatsException {
    Listener listener = new Listener(link, settings.printableServers(), onReconnected);
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

  @Override
  public void close() {
    Connector.close(connection);
  }

  /**
   * The events of a command's connection. It records permission violations, which nats-server
   * reports as errors of the connection while the request only times out.
   */
  static final class Listener extends ConnectionLog {
    private static final String VIOLATION = "permissions violation";

    private final String servers;
    private final CompletableFuture<String> violation = new CompletableFuture<>();

    Listener(String name, String servers, Runnable onReconnected) {
      super(
          name,
          new ControllerCounters(),
          event -> {
            if (event == Events.RECONNECTED) {
              onReconnected.run();
            }
          });
      this.servers = servers;
    }

    @Override
    public void errorOccurred(Connection connection, String error) {
      if (error.regionMatches(true, 0, VIOLATION, 0, VIOLATION.length())) {
        violation.complete(error);
      } else if (connection.getStatus()
          == Connection.Status.CONNECTED) { // else connect() reports it
        super.errorOccurred(connection, error);
      }
    }

    /** Cancels a request as soon as the server has reported a violation. */
    void cancelOnRefusal(CompletableFuture<?> waiting) {
      var _ = violation.thenRun(() -> waiting.cancel(false));
    }

    /** The permission violation; empty if there is none. */
    String refusal() {
      return violation.getNow("");
    }

    /** The permission violation as the cause of a failure, if there is one. */
    Optional<NatsException> refusal(Exception e) {
      return refusal().isEmpty()
          ? Optional.empty()
          : Optional.of(
              new NatsException(
                  "NATS at %s does not let these credentials do that (%s)"
                      .formatted(servers, refusal()),
                  "use an operator's seed (--creds or NATS_CREDS); if 'blkwarden nats init' of an"
                      + " earlier version wrote it, run that again and reload nats-server twice",
                  e));
    }
  }

  /**
   * Follows the alerts. A published alert only triggers a read of the stored alerts after the last
   * one, so none is missed during an outage and none is read twice.
   */
  static final class AlertFollower {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration SHORT_POLL = Duration.ofMillis(50);

    /** Polls between reads without a published alert. */
    private static final int IDLE_POLLS = 20;

    /** Reads for an alert that was published and is not stored yet. */
    private static final int READS_MAX = 20;

    private final Connection connection;
    private final Subjects subjects;
    private final Records.Pages pages;
    private final Set<String> announced = new HashSet<>();
    private ReplayRequest next = ReplayRequest.since(null);

    AlertFollower(Connection connection, Subjects subjects, Records.Pages pages) {
      this.connection = connection;
      this.subjects = subjects;
      this.pages = pages;
    }

    void run(Instant since, BooleanSupplier stopped, Consumer<Records.Stored> taker)
        throws NatsException {
      next = ReplayRequest.since(since);
      Subscription published = connection.subscribe(subjects.allAlerts());
      try {
        read(stopped, taker);
        int idle = 0;
        int reads = 0;
        while (!stopped.getAsBoolean()) {
          boolean missing = !announced.isEmpty() && reads < READS_MAX;
          Message message = published.nextMessage(missing ? SHORT_POLL : POLL);
          while (message != null) {
            reads = 0;
            announce(message);
            message = published.nextMessage(Duration.ZERO);
          }
          if (missing || !announced.isEmpty() || ++idle >= IDLE_POLLS) {
            idle = 0;
            reads++;
            read(stopped, taker);
            if (reads >= READS_MAX) {
              announced.clear();
            }
          }
        }
      } catch (InterruptedException e) {
        throw NatsException.interrupted(e);
      } finally {
        if (connection.getStatus() != Connection.Status.CLOSED) {
          published.unsubscribe();
        }
      }
    }

    private void announce(Message message) {
      String id = message.hasHeaders() ? message.getHeaders().getFirst("Nats-Msg-Id") : null;
      announced.add(id == null ? "" : id);
    }

    private void read(BooleanSupplier stopped, Consumer<Records.Stored> taker)
        throws NatsException {
      Optional<String> cursor =
          Records.each(
              pages,
              RecordKind.ALERT,
              next,
              stopped,
              stored -> {
                announced.remove(stored.id() == null ? "" : stored.id());
                taker.accept(stored);
              });
      cursor.ifPresent(last -> next = next.after(last));
    }
  }
}
