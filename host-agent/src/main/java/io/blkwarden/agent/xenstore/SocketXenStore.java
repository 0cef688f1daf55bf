package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * xenstored over its Unix socket, with one thread that reads, connects and connects again.
 *
 * <p>Requests come from any thread but the one that brings events, wait {@code requestMillis} at
 * most, and fail at once while there is no connection. Events come in order, on the store's own
 * thread: whoever takes them must not block, or answers stand still. What it throws is logged.
 */
public final class SocketXenStore implements XenStore, AutoCloseable {
  /** Most watches; one more is refused. Few enough to register all before the first answer. */
  public static final int MAX_WATCHES = 12;

  private static final Logger LOG = LoggerFactory.getLogger(SocketXenStore.class);
  private static final int JOIN_MILLIS = 5_000;

  /** A JVM that is still loading classes on a busy host takes seconds for what takes none later. */
  private static final int FIRST_TRY_MILLIS = 30_000;

  private record Watch(String path, String token) {}

  private sealed interface Link {
    record Up(XenConnection connection) implements Link {}

    record Down(String reason) implements Link {}
  }

  private final XenStoreSettings settings;
  private final Consumer<XenEvent> events;
  private final Backoff backoff;
  private final Set<Watch> watches = new LinkedHashSet<>();

  /** Paths of watches that the server has, on the connection that there is. */
  private final Set<String> standing = ConcurrentHashMap.newKeySet();

  /** Changes that were told, and connections that were made: between two, anything may change. */
  private final AtomicLong changes = new AtomicLong();

  private final CountDownLatch tried = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile Link link = new Link.Down("not tried yet");

  private SocketXenStore(
      XenStoreSettings settings, Consumer<XenEvent> events, RandomGenerator random) {
    this.settings = settings;
    this.events = events;
    this.backoff = new Backoff(settings.backoffMinMillis(), settings.backoffMaxMillis(), random);
    this.thread = Thread.ofPlatform().daemon().name("xenstore").unstarted(this::run);
  }

  /**
   * Starts the store and waits for its first try to connect, 30 s at most. A server that is not
   * there is no error: reads fail with the reason until it is, and {@link XenEvent.Connected} tells
   * when.
   */
  public static SocketXenStore open(
      XenStoreSettings settings, Consumer<XenEvent> events, RandomGenerator random) {
    SocketXenStore store = new SocketXenStore(settings, events, random);
    store.thread.start();
    try {
      if (!store.tried.await(FIRST_TRY_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.warn("xenstored has not taken the connection for {} ms", FIRST_TRY_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return store;
  }

  @Override
  public ReadResult<String> read(String path) {
    return readAll(List.of(path)).getFirst();
  }

  @Override
  public ReadResult<List<String>> directory(String path) {
    return directories(List.of(path)).getFirst();
  }

  @Override
  public List<ReadResult<String>> readAll(List<String> paths) {
    List<ReadResult<String>> readings = new ArrayList<>(paths.size());
    List<XenAnswer> answers = ask(XenOp.READ, paths);
    for (int n = 0; n < answers.size(); n++) {
      String path = paths.get(n);
      readings.add(reading(path, answers.get(n), reply -> reply.value(path)));
    }
    return readings;
  }

  @Override
  public List<ReadResult<List<String>>> directories(List<String> paths) {
    List<ReadResult<List<String>>> listings = new ArrayList<>(paths.size());
    List<XenAnswer> answers = ask(XenOp.DIRECTORY, paths);
    for (int n = 0; n < answers.size(); n++) {
      String path = paths.get(n);
      listings.add(
          answers.get(n) instanceof XenAnswer.Refused(String error) && error.equals("E2BIG")
              ? inParts(path)
              : reading(path, answers.get(n), reply -> reply.strings(path)));
    }
    return listings;
  }

  private static <T> ReadResult<T> reading(
      String path, XenAnswer answer, Function<XenMessage, ReadResult<T>> parse) {
    return switch (answer) {
      case XenAnswer.Reply(XenMessage reply) -> parse.apply(reply);
      case XenAnswer.Refused(String error) when error.equals("ENOENT") -> ReadResult.absent(path);
      case XenAnswer.Refused(String error) -> ReadResult.failed(path + ": xenstored says " + error);
      case XenAnswer.Lost(String reason) -> ReadResult.failed(path + ": " + reason);
    };
  }

  private ReadResult<List<String>> inParts(String path) {
    try {
      return DirectoryParts.read(
          path,
          offset ->
              switch (link) {
                case Link.Up(XenConnection up) ->
                    up.await(up.submit(XenOp.DIRECTORY_PART, path, offset));
                case Link.Down(String reason) -> new XenAnswer.Lost(reason);
              });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ReadResult.failed(path + ": interrupted");
    }
  }

  /** One answer for each path, in order. The first that is lost ends the waiting for the rest. */
  private List<XenAnswer> ask(XenOp op, List<String> paths) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("xenstore: a request on the thread that brings its answer");
    }
    return switch (link) {
      case Link.Down(String reason) ->
          paths.stream().<XenAnswer>map(_ -> new XenAnswer.Lost(reason)).toList();
      case Link.Up(XenConnection up) -> {
        try {
          yield ask(up, op, paths);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          yield paths.stream().<XenAnswer>map(_ -> new XenAnswer.Lost("interrupted")).toList();
        }
      }
    };
  }

  private static List<XenAnswer> ask(XenConnection up, XenOp op, List<String> paths)
      throws InterruptedException {
    List<XenAnswer> answers = new ArrayList<>(paths.size());
    for (int from = 0; from < paths.size(); from += XenConnection.MAX_OUTSTANDING) {
      int to = Math.min(paths.size(), from + XenConnection.MAX_OUTSTANDING);
      for (XenConnection.Ticket ticket : up.submitAll(op, paths.subList(from, to))) {
        answers.add(up.await(ticket));
      }
    }
    return answers;
  }

  @Override
  public Optional<String> watch(String path, String token) {
    synchronized (watches) {
      if (watches.size() == MAX_WATCHES) {
        return Optional.of("%s: expected at most %d watches".formatted(path, MAX_WATCHES));
      }
      watches.add(new Watch(path, token));
    }
    return switch (link) {
      // The server has it already if the connection was made in between: EEXIST.
      case Link.Up(XenConnection up) -> {
        Optional<String> refusal = refusal(path, askOnce(up, path, token));
        if (refusal.isEmpty()) {
          standing.add(path);
        }
        yield refusal;
      }
      case Link.Down(String reason) -> Optional.of(path + ": " + reason);
    };
  }

  @Override
  public OptionalLong changes(Collection<String> watched) {
    long now = changes.get();
    return link instanceof Link.Up && standing.containsAll(watched)
        ? OptionalLong.of(now)
        : OptionalLong.empty();
  }

  private XenAnswer askOnce(XenConnection up, String path, String token) {
    try {
      return up.await(up.submit(XenOp.WATCH, path, token));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new XenAnswer.Lost("interrupted");
    }
  }

  private static Optional<String> refusal(String path, XenAnswer answer) {
    return switch (answer) {
      case XenAnswer.Reply _ -> Optional.empty();
      case XenAnswer.Refused(String error) when error.equals("EEXIST") -> Optional.empty();
      case XenAnswer.Refused(String error) -> Optional.of(path + ": xenstored says " + error);
      case XenAnswer.Lost(String reason) -> Optional.of(path + ": " + reason);
    };
  }

  private void run() {
    boolean told = false;
    try {
      while (closed.getCount() > 0) {
        switch (XenSockets.connect(settings.root())) {
          case ReadResult.Present<SocketChannel>(SocketChannel channel) -> {
            serve(new XenConnection(channel, settings.requestMillis()));
            told = true;
          }
          case ReadResult<SocketChannel> none -> {
            link = new Link.Down("xenstore: " + none.describe());
            tried.countDown();
            if (!told) {
              emit(new XenEvent.Disconnected(none.describe()));
            }
            told = true;
          }
        }
        if (closed.await(backoff.nextMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      // Nobody else holds this thread; an interrupt can only mean the end.
      LOG.warn("the xenstore thread was interrupted and ends");
      Thread.currentThread().interrupt();
    } finally {
      link = new Link.Down("xenstore: closed");
    }
  }

  private void serve(XenConnection connection) throws InterruptedException {
    standing.clear();
    changes.incrementAndGet();
    // Watches go out before anyone else can send, so they cannot wait for a place.
    synchronized (watches) {
      for (Watch watch : watches) {
        CompletableFuture<Void> _ =
            connection
                .submit(XenOp.WATCH, watch.path(), watch.token())
                .answer()
                .thenAccept(answer -> report(watch, answer));
      }
      link = new Link.Up(connection);
    }
    tried.countDown();
    if (closed.getCount() == 0) {
      connection.end("closed");
    }
    emit(new XenEvent.Connected());
    String reason = connection.run(this::deliver);
    link = new Link.Down("xenstore: " + reason);
    if (connection.heard() > 0) {
      backoff.reset();
    }
    if (closed.getCount() > 0) {
      emit(new XenEvent.Disconnected(reason));
    }
  }

  private void report(Watch watch, XenAnswer answer) {
    Optional<String> refusal = refusal(watch.path(), answer);
    if (refusal.isEmpty()) {
      standing.add(watch.path());
    } else if (answer instanceof XenAnswer.Refused) {
      emit(new XenEvent.WatchRefused(watch.path(), refusal.get()));
    }
  }

  private void deliver(XenMessage message) {
    changes.incrementAndGet();
    switch (message.strings("watch event")) {
      case ReadResult.Present<List<String>>(List<String> strings) when strings.size() >= 2 ->
          emit(new XenEvent.Changed(strings.get(0), strings.get(1)));
      case ReadResult<List<String>> bad ->
          LOG.warn("a watch event without path and token: {}", bad);
    }
  }

  private void emit(XenEvent event) {
    try {
      events.accept(event);
    } catch (RuntimeException e) {
      LOG.error("the receiver of xenstore events failed at {}", event, e);
    }
  }

  /** Ends the connection and the thread; requests under way are lost, later ones fail. */
  @Override
  public void close() {
    closed.countDown();
    if (link instanceof Link.Up(XenConnection up)) {
      up.end("closed");
    }
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      if (!thread.join(Duration.ofMillis(JOIN_MILLIS))) {
        LOG.warn("the xenstore thread has not ended after {} ms", JOIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
