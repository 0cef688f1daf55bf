package io.blkwarden.controller.nats;

import io.blkwarden.commandline.nats.JetStreamFault;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayPage;
import io.blkwarden.model.message.ReplayRequest;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.PublishOptions;
import io.nats.client.PurgeOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * A connection to NATS as Reactor flows, reconnected until it is closed.
 *
 * <p>jnats reconnects by itself. When it closes the connection, as it does when a server refuses
 * the same credentials twice, a new one replaces it, and all subscriptions move to it.
 *
 * <p>Blocking calls run on the given scheduler; all other methods return at once and are
 * thread-safe. Flows fail with a {@link NatsException} unless a method says otherwise.
 */
public final class NatsConnection implements AutoCloseable {
  /** Timeout of the acknowledgement of a message published to a stream. */
  public static final Duration ACK_TIMEOUT = Duration.ofSeconds(5);

  private static final Duration RETRY_MIN = Duration.ofSeconds(1);
  private static final Duration RETRY_MAX = Duration.ofSeconds(2);

  private final NatsSettings settings;
  private final String name;
  private final ControllerCounters counters;
  private final Scheduler blocking;
  private final Scheduler timer;
  private final Connector connector;
  private final Sinks.Many<ConnectionState> states = Sinks.many().replay().latest();
  private final Sinks.Many<Connection> connections = Sinks.many().replay().latest();
  private final Disposable.Swap life = Disposables.swap();
  private volatile @Nullable Session session;
  private volatile ConnectionState state = new ConnectionState.Connecting("");
  private boolean started;
  private boolean closed;

  /** A jnats connection and the objects that belong to it. */
  private record Session(
      Connection connection,
      JetStream stream,
      JetStreamAssets assets,
      HostRequests replies,
      Mono<Void> closed) {}

  /**
   * Creates a connection that is not started. It does not dispose the schedulers.
   *
   * @param name of the connection, for logs and the server
   * @param blocking bounded, with threads that may block
   * @param timer one thread that may block briefly, for timeouts and pauses
   */
  public NatsConnection(
      NatsSettings settings,
      String name,
      ControllerCounters counters,
      Scheduler blocking,
      Scheduler timer) {
    this.settings = settings;
    this.name = name;
    this.counters = counters;
    this.blocking = blocking;
    this.timer = timer;
    this.connector = new Connector(settings);
    change(state);
  }

  /** Starts to connect, unless started; returns at once. */
  public void start() {
    synchronized (this) {
      if (started) {
        return;
      }
      started = true;
    }
    life.update(
        Mono.fromCallable(this::connect)
            .subscribeOn(blocking)
            .flatMap(connected -> connected)
            .flatMap(each -> each.closed().publishOn(blocking).then(Mono.error(this::onClosed)))
            .doOnError(e -> change(new ConnectionState.Connecting(text(e))))
            .retryWhen(
                Retry.backoff(Long.MAX_VALUE, RETRY_MIN).maxBackoff(RETRY_MAX).scheduler(timer))
            .subscribe(_ -> {}, e -> change(new ConnectionState.Connecting(text(e)))));
  }

  private static String text(Throwable e) {
    return String.valueOf(e instanceof NatsException ? e.getMessage() : e);
  }

  /** Never throws: an error after the flow was cancelled would be logged as dropped. */
  private Mono<Session> connect() {
    Sinks.Empty<Void> closedSink = Sinks.empty();
    ConnectionLog listener =
        new ConnectionLog(
            name,
            counters,
            event -> {
              switch (event) {
                case DISCONNECTED -> change(new ConnectionState.Lost());
                case RECONNECTED -> change(new ConnectionState.Up());
                case CLOSED -> closedSink.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
                default -> {}
              }
            });
    try {
      Connection connection = connector.connect(name, listener);
      Session created =
          new Session(
              connection,
              connection.jetStream(JetStreamAssets.options(ACK_TIMEOUT)),
              new JetStreamAssets(connection, settings),
              new HostRequests(connection),
              closedSink.asMono());
      if (!adopt(created)) {
        Connector.close(connection);
        return Mono.empty();
      }
      change(new ConnectionState.Up());
      return Mono.just(created);
    } catch (NatsException | IOException | IllegalStateException e) {
      return Mono.error(e);
    }
  }

  private synchronized boolean adopt(Session created) {
    if (!closed) {
      session = created;
      connections.emitNext(created.connection(), Sinks.EmitFailureHandler.FAIL_FAST);
    }
    return !closed;
  }

  private NatsException onClosed() {
    drop();
    return new NatsException(
        "NATS at %s closed the connection".formatted(settings.printableServers()),
        "check its log, --creds and NATS_CREDS");
  }

  private void drop() {
    Session last;
    synchronized (this) {
      last = session;
      session = null;
    }
    if (last != null) { // not under the lock, which jnats threads may need to end
      Connector.close(last.connection());
    }
  }

  private synchronized void change(ConnectionState next) {
    state = next;
    states.emitNext(next, Sinks.EmitFailureHandler.FAIL_FAST);
  }

  /**
   * The states of the connection, starting with the latest. Emitted under a lock, on the thread
   * that detects the change: subscribers that do more than a little switch threads.
   */
  public Flux<ConnectionState> states() {
    return states.asFlux();
  }

  public ConnectionState state() {
    return state;
  }

  /** Whether messages can be sent now. */
  public boolean isUp() {
    Session current = session;
    return current != null && current.connection().getStatus() == Connection.Status.CONNECTED;
  }

  /** Completes after the first attempt to connect; fails if it failed. */
  public Mono<Void> awaitConnected() {
    return states()
        .concatMap(each ->
            switch (each) {
              case ConnectionState.Up _ -> Mono.just(true);
              case ConnectionState.Lost _ -> Mono.error(notConnected());
              case ConnectionState.Connecting(String problem) ->
                  problem.isEmpty() ? Mono.empty() : Mono.error(new NatsException(problem, ""));
            })
        .next()
        .then();
  }

  /** A subscription with the default bounds. */
  public MessageSubscription subscription(List<String> subjects) {
    return subscription(
        subjects, null, MessageSubscription.MAX_MESSAGES, MessageSubscription.MAX_BYTES);
  }

  /**
   * A subscription with bounds of its own.
   *
   * @param group queue group, of which one member receives each message; absent for none
   */
  public MessageSubscription subscription(
      List<String> subjects, @Nullable String group, long maxMessages, long maxBytes) {
    return new MessageSubscription(connections.asFlux(), subjects, group, maxMessages, maxBytes);
  }

  /**
   * Publishes a message without acknowledgement; nothing is queued while disconnected.
   *
   * @throws IllegalStateException if not connected
   * @throws IllegalArgumentException if the message exceeds the server's maximum payload
   */
  public void publish(String subject, byte[] payload) {
    current().connection().publish(subject, payload);
  }

  private Session current() {
    Session current = session;
    if (current == null) {
      throw new IllegalStateException("NATS is not connected");
    }
    return current;
  }

  /**
   * Sends a request to a host; the reply is emitted on the jnats thread. Fails at once if not
   * connected or without a subscriber, and with a {@link java.util.concurrent.TimeoutException};
   * errors are not {@link NatsException}s.
   *
   * @param token of the host in the reply subject
   */
  public Mono<byte[]> request(String token, String subject, byte[] payload, Duration timeout) {
    return Mono.defer(() -> current().replies().request(token, subject, payload, timeout, timer));
  }

  /**
   * Publishes a message to a stream; completes, on the jnats thread, once it is stored. Fails with
   * an {@link IllegalArgumentException} if the message can never be stored, and otherwise with an
   * exception of jnats, see {@link #describe}.
   *
   * @param id for deduplication within two minutes
   */
  public Mono<Void> store(String stream, String subject, String id, byte[] message) {
    PublishOptions options = PublishOptions.builder().expectedStream(stream).messageId(id).build();
    return Mono.fromFuture(() -> current().stream().publishAsync(subject, message, options))
        .timeout(ACK_TIMEOUT, timer)
        .then();
  }

  /** Describes why a message is not stored; never blocks. */
  public String describe(Throwable failed) {
    Session current = session;
    return current != null && isUp()
        ? JetStreamFault.of(failed, current.connection().getServerInfo()).text()
        : "not connected to NATS";
  }

  /** Cause and remedy of a JetStream failure; may query the server. */
  public Mono<NatsException> explain(Exception failed) {
    return blocking(session ->
        JetStreamAssets.explain(failed, session.connection(), settings.printableServers()));
  }

  /**
   * Creates missing streams and buckets and protects existing ones.
   *
   * @return whether one was missing
   */
  public Mono<Boolean> ensureStreams() {
    return blocking(session -> session.assets().ensureAll());
  }

  /** Fails if JetStream as a whole does not work, even if the server serves some streams. */
  public Mono<Void> checkJetStream() {
    return blocking(session -> session.assets().check());
  }

  /**
   * A bucket over the current connection; its calls block.
   *
   * @param timeout of each call
   * @throws IllegalStateException if not connected
   */
  public Bucket bucket(String bucket, Duration timeout) throws IOException {
    return Bucket.of(current().connection(), bucket, timeout);
  }

  /** Runs a task with a bucket on a thread that may block. */
  public <T> Mono<T> withBucket(String bucket, BucketTask<T> call) {
    return blocking(session ->
        call.of(Bucket.of(session.connection(), bucket, JetStreamAssets.REQUEST_TIMEOUT)));
  }

  /** A task with a bucket. */
  public interface BucketTask<T> {
    /** Runs the task; null for no result. */
    @Nullable T of(Bucket bucket) throws IOException, InterruptedException;
  }

  /** Removes an entry and its history by a purge of its subject, without a deletion marker. */
  public Mono<Void> purgeKey(String bucket, String key) {
    return blocking(session ->
            session
                .connection()
                .jetStreamManagement(JetStreamAssets.options())
                .purgeStream(
                    "KV_" + bucket, PurgeOptions.subject("$KV.%s.%s".formatted(bucket, key))))
        .then();
  }

  /**
   * All entries of a bucket, in key order, on demand; at most {@link Bucket.Entries#IN_FLIGHT_MAX}
   * are requested ahead.
   */
  public Flux<KvEvent.Entry> entries(String bucket) {
    return blocking(session -> Bucket.Entries.of(session.connection(), bucket))
        .flatMapMany(entries -> entries.read(timer))
        .onErrorResume(e -> explained(e).flatMapMany(Flux::error));
  }

  private Mono<Throwable> explained(Throwable e) {
    return e instanceof NatsException || !(e instanceof Exception failed)
        ? Mono.just(e)
        : explain(failed).cast(Throwable.class);
  }

  /**
   * A bucket's entries, {@link KvEvent.EndOfData}, then its changes, on the jnats thread. Fails
   * when more than {@link Bucket.Watch#EVENTS_MAX} events wait for the subscriber; emits nothing
   * after the connection was closed.
   */
  public Flux<KvEvent> watch(String bucket) {
    return blocking(session -> Bucket.Watch.start(session.connection(), bucket))
        .flatMapMany(each -> each);
  }

  /**
   * The last messages of a stream, on demand; completes after the newest.
   *
   * @param most how many messages
   * @param timeout for each message
   */
  public Flux<byte[]> lastMessages(String stream, String subject, long most, Duration timeout) {
    return blocking(session -> StreamTail.of(session.connection(), stream, subject, most))
        .flatMapMany(tail -> tail.read(timeout).subscribeOn(blocking));
  }

  /** Reads a page of stored messages; blocks. */
  public ReplayPage page(RecordKind kind, ReplayRequest request, InstantSource clock)
      throws NatsException {
    Session current = session;
    if (current == null) {
      throw notConnected();
    }
    return new RecordReader(current.connection(), settings, clock).page(kind, request);
  }

  private NatsException notConnected() {
    return new NatsException("NATS is not connected", "");
  }

  private interface Call<T> {
    @Nullable T on(Session session)
        throws IOException, JetStreamApiException, NatsException, InterruptedException;
  }

  private <T> Mono<T> blocking(Call<T> call) {
    return Mono.fromCallable(() -> attempt(call)).subscribeOn(blocking).flatMap(result -> result);
  }

  /** Never throws: an error after the flow was cancelled would be logged as dropped. */
  private <T> Mono<T> attempt(Call<T> call) {
    Session current = session;
    if (current == null) {
      return Mono.error(notConnected());
    }
    Connection connection = current.connection();
    try {
      return Mono.justOrEmpty(call.on(current));
    } catch (IOException | JetStreamApiException | IllegalStateException e) {
      return Mono.error(JetStreamAssets.explain(e, connection, settings.printableServers()));
    } catch (InterruptedException e) {
      return Mono.error(NatsException.interrupted(e));
    } catch (NatsException | RuntimeException e) {
      return Mono.error(e);
    }
  }

  /** Closes the connection. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    life.dispose();
    drop();
  }

  /**
   * Requests to hosts, with a reply inbox for each host: {@code
   * _INBOX.<key>.<host>.<this>.<number>}.
   *
   * <p>It does not use {@link Connection#request}, which has one inbox for all: the account of a
   * host may publish only to the inbox for its own replies.
   */
  static final class HostRequests {
    private static final int NO_RESPONDERS = 503;

    private final Connection connection;
    private final String root;
    private final String id = NUID.nextGlobal();
    private final AtomicLong number = new AtomicLong();
    private final Map<String, MonoSink<byte[]>> waiting = new ConcurrentHashMap<>();

    /** Subscribes to the replies of all hosts, for the life of the connection. */
    HostRequests(Connection connection) {
      this.connection = connection;
      this.root = connection.getOptions().getInboxPrefix();
      Dispatcher replies = connection.createDispatcher(this::reply);
      replies.subscribe("%s*.%s.*".formatted(root, id));
    }

    /**
     * Sends a request; the reply is emitted on the jnats thread.
     *
     * @param token of the host in the reply subject
     */
    Mono<byte[]> request(
        String token, String subject, byte[] payload, Duration timeout, Scheduler timer) {
      return Mono.<byte[]>create(
              sink -> {
                String replyTo = "%s%s.%s.%d".formatted(root, token, id, number.incrementAndGet());
                waiting.put(replyTo, sink);
                sink.onDispose(() -> waiting.remove(replyTo));
                try {
                  connection.publish(subject, replyTo, payload);
                } catch (IllegalStateException | IllegalArgumentException e) {
                  sink.error(e);
                }
              })
          .timeout(timeout, timer);
    }

    private void reply(Message message) {
      MonoSink<byte[]> sink = waiting.get(message.getSubject());
      if (sink == null) {
        return; // late or unsolicited
      }
      if (message.isStatusMessage() && message.getStatus().getCode() == NO_RESPONDERS) {
        sink.error(new IOException("no agent is subscribed to its commands"));
      } else {
        sink.success(message.getData());
      }
    }
  }
}
