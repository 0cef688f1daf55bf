package io.blkwarden.controller.bus;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayPage;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests for stored messages, from operators, viewers and HTTP, on a connection and
 * threads of its own, so that they delay nothing else.
 *
 * <p>Of several controllers one answers, whether it leads or not. {@link #READERS} pages are read
 * at a time; {@link #WAITING} requests wait, of one user at most {@link #WAITING_EACH}; further
 * ones are refused with an answer.
 */
public final class RecordDesk implements RecordPages, AutoCloseable {
  static final int READERS = 2;
  static final int WAITING = 64;
  static final int WAITING_EACH = 8;

  private static final Logger log = LoggerFactory.getLogger(RecordDesk.class);
  private static final String GROUP = "blkwarden-records";
  private static final long RETRY_MILLIS = 1_000;
  private static final long REQUESTS_MAX = 1_024;
  private static final long REQUESTS_MAX_BYTES = 4L << 20;

  private final BusSettings settings;
  private final BusCounters counters;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Errands errands = new Errands("blkwarden-records");
  private final ThreadPoolExecutor readers;
  private final Map<String, Integer> waiting = new ConcurrentHashMap<>();
  private String problem = "";
  private boolean closed;
  private @Nullable Connection link;

  /** A desk that is not started yet. */
  public RecordDesk(
      BusSettings settings, BusCounters counters, InstantSource clock, RandomGenerator random) {
    this.settings = settings;
    this.counters = counters;
    this.clock = clock;
    this.random = random;
    readers =
        new ThreadPoolExecutor(
            READERS,
            READERS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread thread = new Thread(task, "blkwarden-records-read");
              thread.setDaemon(true);
              return thread;
            });
    readers.allowCoreThreadTimeOut(true);
  }

  /** Connects and answers from then on, for as long as it takes; returns at once. */
  public void start() {
    errands.soon(this::connect);
  }

  private void connect() {
    try {
      Connection _ = link();
    } catch (BusException e) {
      errands.later(RETRY_MILLIS + random.nextLong(RETRY_MILLIS), this::connect);
    }
  }

  /** The connection, made if there is none. */
  private synchronized Connection link() throws BusException {
    Connection current = link;
    if (current != null && current.getStatus() != Connection.Status.CLOSED) {
      return current;
    }
    if (closed) {
      throw new BusException("the controller stops", "");
    }
    try {
      LinkListener listener = new LinkListener("records", counters, () -> {}, this::start);
      Connection made = new NatsLinks(settings, random).connect("records", listener);
      listen(made);
      link = made;
      problem = "";
      return made;
    } catch (BusException e) {
      String text = String.valueOf(e.getMessage());
      if (!text.equals(problem)) {
        problem = text;
        log.warn("NATS records: {}; trying again", text);
      }
      throw e;
    }
  }

  private void listen(Connection made) {
    Dispatcher dispatcher = made.createDispatcher(message -> take(made, message));
    dispatcher.setPendingLimits(REQUESTS_MAX, REQUESTS_MAX_BYTES);
    for (String each : settings.subjects().allReplayRequests()) {
      dispatcher.subscribe(each, GROUP);
    }
  }

  @Override
  public ReplayPage page(RecordKind kind, ReplayRequest request) throws BusException {
    return reader(link()).page(kind, request);
  }

  private RecordReader reader(Connection from) {
    return new RecordReader(from, settings.subjects(), settings.printableServers(), clock);
  }

  private void take(Connection from, Message message) {
    String replyTo = message.getReplyTo();
    if (replyTo == null || !settings.subjects().isInbox(replyTo)) {
      return;
    }
    Subjects.Asked asked;
    RecordKind kind;
    try {
      asked = settings.subjects().asked(message.getSubject());
      kind = RecordKind.named(asked.name()).orElseThrow(() -> unknown(asked.name()));
    } catch (IllegalArgumentException e) {
      reply(from, replyTo, new ReplayPage(Verdict.FAILED, shortened(e.getMessage())));
      return;
    }
    switch (ControlJson.decode(ReplayRequest.class, message.getData())) {
      case Decoded.Malformed<ReplayRequest> bad ->
          reply(
              from,
              replyTo,
              new ReplayPage(
                  Verdict.FAILED,
                  shortened(
                      "the request cannot be read, at byte %d: %s"
                          .formatted(bad.offset(), bad.detail()))));
      case Decoded.Ok<ReplayRequest>(ReplayRequest request) ->
          queue(from, asked.key() == null ? "" : asked.key().value(), replyTo, kind, request);
    }
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(
        "records: expected alert, decision, outcome, mapping or silence, found '%s'"
            .formatted(name));
  }

  private void queue(
      Connection from, String user, String replyTo, RecordKind kind, ReplayRequest request) {
    // on a server without users all share what is there
    int most = user.isEmpty() ? WAITING : WAITING_EACH;
    if (waiting.merge(user, 1, Integer::sum) > most) {
      leave(user);
      refuse(from, replyTo, "%d of your requests for records wait already".formatted(most));
      return;
    }
    try {
      readers.execute(() -> {
        try {
          reply(from, replyTo, answer(from, kind, request));
        } finally {
          leave(user);
        }
      });
    } catch (RejectedExecutionException e) {
      leave(user);
      refuse(from, replyTo, "%d requests for records wait already".formatted(WAITING));
    }
  }

  private void leave(String user) {
    waiting.computeIfPresent(user, (_, count) -> count > 1 ? count - 1 : null);
  }

  private static void refuse(Connection from, String replyTo, String why) {
    reply(from, replyTo, new ReplayPage(Verdict.REFUSED, why + ": try again in some seconds"));
  }

  private ReplayPage answer(Connection from, RecordKind kind, ReplayRequest request) {
    try {
      return reader(from).page(kind, request);
    } catch (BusException e) {
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

  private static void reply(Connection from, String replyTo, ReplayPage page) {
    try {
      from.publish(replyTo, ControlJson.encode(page));
    } catch (IllegalStateException | IllegalArgumentException e) {
      log.warn("records: an answer could not be sent: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    errands.close();
    readers.shutdownNow();
    NatsLinks.close(link);
  }
}
