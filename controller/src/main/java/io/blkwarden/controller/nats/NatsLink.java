package io.blkwarden.controller.nats;

import io.blkwarden.commandline.nats.JetStreamFault;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import io.nats.client.PurgeOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * One connection to NATS, sought for ever, and what comes and goes over it as Reactor flows.
 *
 * <p>The client reconnects by itself. When it gives the connection up, as it does when a server
 * refuses the same credentials twice, another one is made, and all feeds are subscribed on it.
 *
 * <p>What waits for the server runs on the scheduler that is given; all other methods return at
 * once, and may be called on any thread. Errors of flows are a {@link NatsException}, unless a
 * method says otherwise.
 */
public final class NatsLink implements AutoCloseable {
  /** How long a message that is published to a stream waits for its acknowledgement. */
  public static final Duration ACK_TIMEOUT = Duration.ofSeconds(5);

  private static final long RETRY_MILLIS = 1_000;

  private final NatsSettings settings;
  private final String name;
  private final LinkCounters counters;
  private final RandomGenerator random;
  private final Scheduler waiting;
  private final Scheduler timer;
  private final Connector connector;
  private final Sinks.Many<LinkState> states = Sinks.many().replay().latest();
  private final Set<Feed.Tap> taps = new LinkedHashSet<>();
  private final Disposable.Swap life = Disposables.swap();
  private volatile @Nullable Session session;
  private volatile LinkState state = new LinkState.Seeking("");
  private volatile long ups;
  private boolean started;
  private boolean closed;

  /** A connection of the client with what belongs to it alone. */
  private record Session(
      Connection connection,
      JetStream stream,
      JetStreamAssets assets,
      HostReplies replies,
      Mono<Void> givenUp) {}

  /**
   * A link that is not started yet.
   *
   * @param name of the connection, for logs and the server
   * @param waiting bounded, with threads that may wait; it is not disposed with the link
   * @param timer one thread that may wait a little, for timeouts and pauses; nor is this
   */
  public NatsLink(
      NatsSettings settings,
      String name,
      LinkCounters counters,
      RandomGenerator random,
      Scheduler waiting,
      Scheduler timer) {
    this.settings = settings;
    this.name = name;
    this.counters = counters;
    this.random = random;
    this.waiting = waiting;
    this.timer = timer;
    this.connector = new Connector(settings, random);
    change(state);
  }

  /** Begins to connect, if it has not yet; returns at once. */
  public void start() {
    synchronized (this) {
      if (started) {
        return;
      }
      started = true;
    }
    life.update(
        Mono.fromCallable(this::connect)
            .subscribeOn(waiting)
            .flatMap(made -> made)
            .flatMap(made -> made.givenUp().publishOn(waiting).then(Mono.error(this::givenUp)))
            .doOnError(e -> change(new LinkState.Seeking(text(e))))
            .retryWhen(Retry.from(failures -> failures.concatMap(_ -> Mono.delay(pause(), timer))))
            .subscribe());
  }

  private Duration pause() {
    return Duration.ofMillis(RETRY_MILLIS + random.nextLong(RETRY_MILLIS));
  }

  private static String text(Throwable e) {
    return String.valueOf(e instanceof NatsException ? e.getMessage() : e);
  }

  /** Never throws: an error after the flow was cancelled would be logged as dropped. */
  private Mono<Session> connect() {
    Sinks.Empty<Void> gone = Sinks.empty();
    LinkListener listener =
        new LinkListener(
            name,
            counters,
            () -> change(new LinkState.Lost()),
            this::up,
            () -> gone.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST));
    try {
      Connection connection = connector.connect(name, listener);
      Session made =
          new Session(
              connection,
              connection.jetStream(JetStreamAssets.publishOptions(ACK_TIMEOUT)),
              new JetStreamAssets(
                  connection,
                  settings.subjects(),
                  settings.printableServers(),
                  settings.replicas()),
              new HostReplies(connection),
              gone.asMono());
      if (!adopt(made)) {
        Connector.close(connection);
        return Mono.empty();
      }
      up();
      return Mono.just(made);
    } catch (NatsException | IOException | IllegalStateException e) {
      return Mono.error(e);
    }
  }

  private synchronized boolean adopt(Session made) {
    if (!closed) {
      session = made;
      taps.forEach(tap -> tap.attach(made.connection()));
    }
    return !closed;
  }

  /** Called when the client gave the connection up. */
  private NatsException givenUp() {
    drop();
    return new NatsException(
        "NATS at %s closed the connection for good".formatted(settings.printableServers()),
        "check its log, --creds and NATS_CREDS");
  }

  private void drop() {
    Session last = abandon();
    if (last != null) { // not under the lock: it waits for the client's threads, which may need it
      Connector.close(last.connection());
    }
  }

  private synchronized @Nullable Session abandon() {
    Session last = session;
    session = null;
    taps.forEach(Feed.Tap::detach);
    return last;
  }

  private synchronized void up() {
    long number = ups + 1;
    ups = number;
    change(new LinkState.Up(number));
  }

  /** How many times it came up. */
  public long ups() {
    return ups;
  }

  private synchronized void change(LinkState next) {
    state = next;
    states.emitNext(next, Sinks.EmitFailureHandler.FAIL_FAST);
  }

  /**
   * The states of the connection, the latest one first. On whichever thread learns of it, under a
   * lock: whoever does more than a little switches threads.
   */
  public Flux<LinkState> states() {
    return states.asFlux();
  }

  /** The latest state. */
  public LinkState state() {
    return state;
  }

  /** Whether messages can be sent now. */
  public boolean isUp() {
    Session current = session;
    return current != null && current.connection().getStatus() == Connection.Status.CONNECTED;
  }

  /** Waits out the first attempt to connect; fails with why if it failed. */
  public Mono<Void> connected() {
    return states()
        .concatMap(each ->
            switch (each) {
              case LinkState.Up _ -> Mono.just(true);
              case LinkState.Lost _ -> Mono.error(away());
              case LinkState.Seeking(String problem) ->
                  problem.isEmpty() ? Mono.empty() : Mono.error(new NatsException(problem, ""));
            })
        .next()
        .then();
  }

  /** A feed with the client's usual bounds. */
  public Feed feed(List<String> subjects) {
    return new Feed(this, subjects, null, Feed.MESSAGES, Feed.BYTES);
  }

  /**
   * A feed with bounds of its own.
   *
   * @param group of which one member gets each message; absent for every message
   */
  public Feed feed(List<String> subjects, @Nullable String group, long maxMessages, long maxBytes) {
    return new Feed(this, subjects, group, maxMessages, maxBytes);
  }

  synchronized void add(Feed.Tap tap) {
    taps.add(tap);
    Session current = session;
    if (current != null) {
      tap.attach(current.connection());
    }
  }

  synchronized void remove(Feed.Tap tap) {
    taps.remove(tap);
    tap.detach();
  }

  /**
   * Publishes a message without an acknowledgement; nothing is queued while NATS is away.
   *
   * @throws IllegalStateException while NATS is away
   * @throws IllegalArgumentException if the message is longer than the server takes
   */
  public void publish(String subject, byte[] payload) {
    Session current = session;
    if (current == null) {
      throw new IllegalStateException("NATS is not connected");
    }
    current.connection().publish(subject, payload);
  }

  /**
   * Asks a host; the reply comes on the client's thread. Fails at once while NATS is away or when
   * nobody listens, and with a {@link java.util.concurrent.TimeoutException}; errors are not {@link
   * NatsException}s.
   *
   * @param token of the host, in the subject of the inbox that it replies to
   */
  public Mono<byte[]> request(String token, String subject, byte[] payload, Duration timeout) {
    return Mono.defer(() -> {
      Session current = session;
      return current == null || !isUp()
          ? Mono.error(new IOException("NATS is not connected"))
          : current.replies().request(token, subject, payload, timeout, timer);
    });
  }

  /**
   * Publishes a message to a stream; completes, on the client's thread, once it is stored. Fails
   * with an {@link IllegalArgumentException} if the message never can be stored, and with what the
   * client says otherwise; {@link #fault} explains that.
   *
   * @param id by which the stream knows the message for two minutes, and stores it once
   */
  public Mono<Void> store(String stream, String subject, String id, byte[] message) {
    return Mono.defer(
            () -> {
              Session current = session;
              if (current == null) {
                return Mono.error(new IllegalStateException("NATS is not connected"));
              }
              PublishOptions options =
                  PublishOptions.builder().expectedStream(stream).messageId(id).build();
              return Mono.fromFuture(current.stream().publishAsync(subject, message, options));
            })
        .timeout(ACK_TIMEOUT, timer)
        .then();
  }

  /** Why a message is not stored, in words; never waits. */
  public String fault(Throwable failed) {
    Session current = session;
    return current != null && isUp()
        ? JetStreamFault.of(failed, current.connection().getServerInfo()).text()
        : "not connected to NATS";
  }

  /** Cause and remedy of a JetStream failure; may ask the server. */
  public Mono<NatsException> explain(Exception failed) {
    return waiting(session ->
        JetStreamAssets.explain(failed, session.connection(), settings.printableServers()));
  }

  /**
   * Creates the streams and buckets that are missing and protects those that exist.
   *
   * @return whether one was missing
   */
  public Mono<Boolean> ensure() {
    return waiting(session -> session.assets().ensureAll());
  }

  /** Fails if JetStream as a whole does not work, even if the server still serves some streams. */
  public Mono<Void> check() {
    return waiting(
            session -> {
              JetStreamAssets.check(session.connection(), settings.printableServers());
              return true;
            })
        .then();
  }

  /**
   * A bucket as it is over the connection of now; its calls wait.
   *
   * @param within how long each call waits for its answer
   */
  public Bucket bucket(String bucket, Duration within) throws IOException {
    Session current = session;
    if (current == null) {
      throw new IOException("NATS is not connected");
    }
    return Bucket.of(current.connection(), bucket, within);
  }

  /** Calls of a bucket, one after the other, on a thread that may wait. */
  public <T> Mono<T> inBucket(String bucket, BucketCall<T> call) {
    return waiting(session ->
        call.of(Bucket.of(session.connection(), bucket, JetStreamAssets.REQUEST_TIMEOUT)));
  }

  /** What is done in a bucket; each call of it waits. */
  public interface BucketCall<T> {
    /** Does it; null for nothing. */
    @Nullable T of(Bucket bucket) throws IOException, InterruptedException;
  }

  /** Removes an entry and its history, by a purge of its subject, which leaves no marker. */
  public Mono<Void> purge(String bucket, String key) {
    return waiting(session ->
            session
                .connection()
                .jetStreamManagement(JetStreamAssets.options())
                .purgeStream(
                    "KV_" + bucket, PurgeOptions.subject("$KV.%s.%s".formatted(bucket, key))))
        .then();
  }

  /**
   * All entries of a bucket, in the order of its keys, at the pace of the subscriber: at most
   * {@link BucketEntries#UNDER_WAY} are asked for ahead, and no more are kept.
   */
  public Flux<KvEvent.Entry> entries(String bucket) {
    return waiting(session -> BucketEntries.of(session.connection(), bucket))
        .flatMapMany(entries -> entries.read(timer))
        .onErrorResume(e -> explained(e).flatMapMany(Flux::error));
  }

  private Mono<Throwable> explained(Throwable e) {
    return e instanceof NatsException || !(e instanceof Exception failed)
        ? Mono.just(e)
        : explain(failed).cast(Throwable.class);
  }

  /**
   * A bucket's entries, {@link KvEvent.Whole}, and then its changes, on the client's thread. Fails
   * when more than {@link BucketWatch#EVENTS} wait for the subscriber; whoever wants to go on
   * watches again. Silent after the connection was given up.
   */
  public Flux<KvEvent> watch(String bucket) {
    return waiting(session -> BucketWatch.start(session.connection(), bucket))
        .flatMapMany(each -> each);
  }

  /**
   * The last messages of a stream, read at the pace of the subscriber; ends with the last one.
   *
   * @param most of them, the newest
   * @param patience for each; it fails when none comes for so long
   */
  public Flux<byte[]> tail(String stream, String subject, long most, Duration patience) {
    return waiting(session -> StreamTail.of(session.connection(), stream, subject, most))
        .flatMapMany(tail -> tail.read(patience).subscribeOn(waiting));
  }

  /** Pages of stored messages; each call waits. */
  public RecordPages records(Subjects subjects, InstantSource clock) {
    return (kind, request) -> {
      Session current = session;
      if (current == null) {
        throw away();
      }
      return new RecordReader(current.connection(), subjects, settings.printableServers(), clock)
          .page(kind, request);
    };
  }

  private NatsException away() {
    return new NatsException("NATS is not connected", "");
  }

  private interface Call<T> {
    @Nullable T on(Session session)
        throws IOException, JetStreamApiException, NatsException, InterruptedException;
  }

  private <T> Mono<T> waiting(Call<T> call) {
    return Mono.fromCallable(() -> attempt(call)).subscribeOn(waiting).flatMap(done -> done);
  }

  /** Never throws: an error after the flow was cancelled would be logged as dropped. */
  private <T> Mono<T> attempt(Call<T> call) {
    Session current = session;
    if (current == null) {
      return Mono.error(away());
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

  /** Closes the connection, for good. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    life.dispose();
    drop();
  }
}
