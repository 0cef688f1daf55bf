package io.blkwarden.controller.bus;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.blkwarden.controller.nats.BlockingSchedulers;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.nats.ConnectionState;
import io.blkwarden.controller.nats.NatsConnection;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.Records;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayPage;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.Subjects;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Serves stored messages to operators, viewers and HTTP, on a connection and threads of its own, so
 * that they delay nothing else.
 *
 * <p>One controller of the installation answers each request, whether it leads or not. {@link
 * #READERS} pages are read at a time; {@link #WAITING} requests may wait, {@link #WAITING_EACH} for
 * each user; further requests are refused with a reply.
 */
public final class RecordServer implements Records.Pages, AutoCloseable {
  static final int READERS = 2;
  static final int WAITING = 64;
  static final int WAITING_EACH = 8;

  /** Most requests for audit trails of this process that wait. */
  static final int AUDITS_WAITING = 4;

  private static final Duration AUDIT_TIMEOUT = Duration.ofSeconds(30);
  private static final Logger log = LoggerFactory.getLogger(RecordServer.class);
  private static final String GROUP = "blkwarden-records";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
  private static final long REQUESTS_MAX = 1_024;
  private static final long REQUESTS_MAX_BYTES = 4L << 20;

  private final NatsSettings settings;
  private final Scheduler connecting = BlockingSchedulers.pool("blkwarden-records", 1, 16);
  private final Scheduler timer = BlockingSchedulers.single("blkwarden-records-timer");
  private final Scheduler readers =
      BlockingSchedulers.pool("blkwarden-records-read", READERS, WAITING);
  private final Scheduler audits = BlockingSchedulers.pool("blkwarden-audit", 1, AUDITS_WAITING);
  private final InstantSource clock;
  private final NatsConnection connection;
  private final Map<String, Integer> waiting = new ConcurrentHashMap<>();
  private final Disposable.Composite subscriptions = Disposables.composite();
  private String problem = "";

  private record Request(String user, String replyTo, RecordKind kind, ReplayRequest page) {}

  /** Creates a server that is not started. */
  public RecordServer(NatsSettings settings, ControllerCounters counters, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.connection = new NatsConnection(settings, "records", counters, connecting, timer);
  }

  /** Starts to connect and to answer; returns at once. */
  public void start() {
    subscriptions.add(connection.states().subscribe(this::watch));
    subscriptions.add(
        connection
            .subscription(
                settings.subjects().allReplayRequests(), GROUP, REQUESTS_MAX, REQUESTS_MAX_BYTES)
            .messages()
            .mapNotNull(this::read)
            .onBackpressureBuffer(WAITING, this::refuse, BufferOverflowStrategy.DROP_LATEST)
            .flatMap(each -> Mono.fromRunnable(() -> answer(each)).subscribeOn(readers), READERS, 1)
            .subscribe(_ -> {}, e -> log.error("replay requests are not answered: {}", e, e)));
    connection.start();
  }

  private synchronized void watch(ConnectionState state) {
    String text = state instanceof ConnectionState.Connecting seeking ? seeking.problem() : "";
    if (!text.isEmpty() && !text.equals(problem)) {
      log.warn("NATS records: {}; retrying", text);
    }
    problem = text;
  }

  /** Reads a page for this process; connects first if necessary, and blocks. */
  @Override
  public ReplayPage page(RecordKind kind, ReplayRequest request) throws NatsException {
    connection.start();
    try {
      connection.awaitConnected().timeout(CONNECT_TIMEOUT).block();
    } catch (RuntimeException e) {
      Throwable why = Exceptions.unwrap(e);
      if (why instanceof NatsException known) {
        throw known;
      }
      throw new NatsException("NATS is not connected yet", "try again in a few seconds", why);
    }
    return connection.page(kind, request, clock);
  }

  /**
   * Reads an audit trail for this process, one at a time.
   *
   * @return fails with a {@link java.util.concurrent.RejectedExecutionException} if {@link
   *     #AUDITS_WAITING} requests wait, with a {@link NatsException} if the records cannot be read,
   *     and with an {@link IOException} after {@link #AUDIT_TIMEOUT}
   */
  public Mono<AuditTrail> auditTrail(AuditQuery query, Duration since) {
    return Mono.fromCallable(() -> readTrail(query, since)).subscribeOn(audits);
  }

  private AuditTrail readTrail(AuditQuery query, Duration since) throws NatsException, IOException {
    long until = clock.millis() + AUDIT_TIMEOUT.toMillis();
    BooleanSupplier expired = () -> clock.millis() >= until;
    AuditTrail trail =
        Records.auditTrail(
            this,
            query,
            clock.instant().minus(since),
            () -> audits.isDisposed() || expired.getAsBoolean());
    if (expired.getAsBoolean()) {
      throw new IOException(
          "not read within %d s: request a shorter time with since_s"
              .formatted(AUDIT_TIMEOUT.toSeconds()));
    }
    return trail;
  }

  /** Decodes a request; absent if it was answered with an error. */
  private @Nullable Request read(BusMessage message) {
    String replyTo = message.replyTo();
    if (replyTo == null || !settings.subjects().isInbox(replyTo)) {
      return null;
    }
    Subjects.RequestSubject asked;
    RecordKind kind;
    try {
      asked = settings.subjects().parseRequest(message.subject());
      kind = RecordKind.named(asked.name()).orElseThrow(() -> unknown(asked.name()));
    } catch (IllegalArgumentException e) {
      reply(replyTo, new ReplayPage(Verdict.FAILED, shortened(e.getMessage())));
      return null;
    }
    return switch (ControlJson.decode(ReplayRequest.class, message.payload())) {
      case Decoded.Malformed<ReplayRequest> bad -> {
        String why = "invalid request, at byte %d: %s".formatted(bad.offset(), bad.detail());
        reply(replyTo, new ReplayPage(Verdict.FAILED, shortened(why)));
        yield null;
      }
      case Decoded.Ok<ReplayRequest>(ReplayRequest request) ->
          admit(
              new Request(asked.key() == null ? "" : asked.key().value(), replyTo, kind, request));
    };
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(
        "records: expected alert, decision, outcome, mapping or silence, found '%s'"
            .formatted(name));
  }

  private @Nullable Request admit(Request request) {
    // without users on the server, all requests are of the same one
    int most = request.user().isEmpty() ? WAITING : WAITING_EACH;
    if (waiting.merge(request.user(), 1, Integer::sum) > most) {
      release(request.user());
      refuse(request.replyTo(), "%d of your requests are already waiting".formatted(most));
      return null;
    }
    return request;
  }

  private void refuse(Request request) {
    release(request.user());
    refuse(request.replyTo(), "%d requests are already waiting".formatted(WAITING));
  }

  private void release(String user) {
    waiting.computeIfPresent(user, (_, count) -> count > 1 ? count - 1 : null);
  }

  private void refuse(String replyTo, String why) {
    reply(replyTo, new ReplayPage(Verdict.REFUSED, why + ": try again in a few seconds"));
  }

  private void answer(Request request) {
    try {
      reply(request.replyTo(), page(request));
    } finally {
      release(request.user());
    }
  }

  private ReplayPage page(Request request) {
    try {
      return connection.page(request.kind(), request.page(), clock);
    } catch (NatsException e) {
      return new ReplayPage(Verdict.FAILED, shortened(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("records: request failed: {}", e.toString(), e);
      return new ReplayPage(Verdict.FAILED, "internal error: see the controller's log");
    }
  }

  private static String shortened(@Nullable String text) {
    String whole = String.valueOf(text);
    return whole.length() > 1_000 ? whole.substring(0, 1_000) : whole;
  }

  private void reply(String replyTo, ReplayPage page) {
    try {
      connection.publish(replyTo, ControlJson.encode(page));
    } catch (IllegalStateException | IllegalArgumentException e) {
      log.warn("records: reply not sent: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    subscriptions.dispose();
    connection.close();
    connecting.dispose();
    timer.dispose();
    readers.dispose();
    audits.dispose();
  }
}
