package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.nats.LinkState;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsLink;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.RecordPages;
import io.blkwarden.controller.nats.WaitingThreads;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayPage;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.Subjects;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
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
 * Answers requests for stored messages, from operators, viewers and HTTP, on a connection and
 * threads of its own, so that they delay nothing else.
 *
 * <p>Of several controllers one answers, whether it leads or not. {@link #READERS} pages are read
 * at a time; {@link #WAITING} requests wait, of one user at most {@link #WAITING_EACH}; further
 * ones are refused with an answer.
 */
public final class RecordServer implements RecordPages, AutoCloseable {
  static final int READERS = 2;
  static final int WAITING = 64;
  static final int WAITING_EACH = 8;

  private static final Logger log = LoggerFactory.getLogger(RecordServer.class);
  private static final String GROUP = "blkwarden-records";
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final long REQUESTS_MAX = 1_024;
  private static final long REQUESTS_MAX_BYTES = 4L << 20;

  private final NatsSettings settings;
  private final Scheduler connecting = WaitingThreads.some("blkwarden-records", 1, 16);
  private final Scheduler timer = WaitingThreads.one("blkwarden-records-timer");
  private final Scheduler readers = WaitingThreads.some("blkwarden-records-read", READERS, WAITING);
  private final NatsLink link;
  private final RecordPages pages;
  private final Map<String, Integer> waiting = new ConcurrentHashMap<>();
  private final Disposable.Composite life = Disposables.composite();
  private String problem = "";

  /** A request that waits or is answered. */
  private record Asked(String user, String replyTo, RecordKind kind, ReplayRequest request) {}

  /** A desk that is not started yet. */
  public RecordServer(
      NatsSettings settings, BusCounters counters, InstantSource clock, RandomGenerator random) {
    this.settings = settings;
    this.link = new NatsLink(settings, "records", counters, random, connecting, timer);
    this.pages = link.records(settings.subjects(), clock);
  }

  /** Connects and answers from then on, for as long as it takes; returns at once. */
  public void start() {
    life.add(link.states().subscribe(this::watch));
    life.add(
        link.feed(settings.subjects().allReplayRequests(), GROUP, REQUESTS_MAX, REQUESTS_MAX_BYTES)
            .messages()
            .mapNotNull(this::read)
            .onBackpressureBuffer(WAITING, this::refuse, BufferOverflowStrategy.DROP_LATEST)
            .flatMap(
                asked -> Mono.fromRunnable(() -> answer(asked)).subscribeOn(readers), READERS, 1)
            .subscribe());
    link.start();
  }

  private synchronized void watch(LinkState state) {
    String text = state instanceof LinkState.Seeking seeking ? seeking.problem() : "";
    if (!text.isEmpty() && !text.equals(problem)) {
      log.warn("NATS records: {}; trying again", text);
    }
    problem = text;
  }

  /** The page that the request asks for; connects if it has not, and waits for that. */
  @Override
  public ReplayPage page(RecordKind kind, ReplayRequest request) throws NatsException {
    link.start();
    try {
      link.connected().timeout(CONNECT).block();
    } catch (RuntimeException e) {
      Throwable why = Exceptions.unwrap(e);
      if (why instanceof NatsException known) {
        throw known;
      }
      throw new NatsException("NATS is not connected yet", "try again in some seconds", why);
    }
    return pages.page(kind, request);
  }

  /** What a message asks for, of a user who may wait; else it is answered at once. */
  private @Nullable Asked read(BusMessage message) {
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
        String why =
            "the request cannot be read, at byte %d: %s".formatted(bad.offset(), bad.detail());
        reply(replyTo, new ReplayPage(Verdict.FAILED, shortened(why)));
        yield null;
      }
      case Decoded.Ok<ReplayRequest>(ReplayRequest request) ->
          admit(new Asked(asked.key() == null ? "" : asked.key().value(), replyTo, kind, request));
    };
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(
        "records: expected alert, decision, outcome, mapping or silence, found '%s'"
            .formatted(name));
  }

  private @Nullable Asked admit(Asked asked) {
    // on a server without users all share what is there
    int most = asked.user().isEmpty() ? WAITING : WAITING_EACH;
    if (waiting.merge(asked.user(), 1, Integer::sum) > most) {
      leave(asked.user());
      refuse(asked.replyTo(), "%d of your requests for records wait already".formatted(most));
      return null;
    }
    return asked;
  }

  private void refuse(Asked asked) {
    leave(asked.user());
    refuse(asked.replyTo(), "%d requests for records wait already".formatted(WAITING));
  }

  private void leave(String user) {
    waiting.computeIfPresent(user, (_, count) -> count > 1 ? count - 1 : null);
  }

  private void refuse(String replyTo, String why) {
    reply(replyTo, new ReplayPage(Verdict.REFUSED, why + ": try again in some seconds"));
  }

  private void answer(Asked asked) {
    try {
      reply(asked.replyTo(), page(asked));
    } finally {
      leave(asked.user());
    }
  }

  private ReplayPage page(Asked asked) {
    try {
      return pages.page(asked.kind(), asked.request());
    } catch (NatsException e) {
      return new ReplayPage(Verdict.FAILED, shortened(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("records: a request failed unexpectedly: {}", e.toString(), e);
      return new ReplayPage(Verdict.FAILED, "unexpected: see the controller's log");
    }
  }

  private static String shortened(@Nullable String text) {
    String whole = String.valueOf(text);
    return whole.length() > 1_000 ? whole.substring(0, 1_000) : whole;
  }

  private void reply(String replyTo, ReplayPage page) {
    try {
      link.publish(replyTo, ControlJson.encode(page));
    } catch (IllegalStateException | IllegalArgumentException e) {
      log.warn("records: an answer could not be sent: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    life.dispose();
    link.close();
    connecting.dispose();
    timer.dispose();
    readers.dispose();
  }
}
