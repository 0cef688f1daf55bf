package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.xenstore.XenConnection.Answer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of xenstored over its Unix socket, with one thread that connects, reads and reconnects.
 *
 * <p>Requests are thread-safe, but not allowed on that thread. They wait {@code requestMillis} at
 * most, and fail at once while disconnected. Events are delivered in order on that thread, so their
 * receiver must not block; its exceptions are logged.
 */
public final class SocketXenStore implements XenStore, AutoCloseable {
  /** Maximum number of watches, below that of concurrent requests. */
  public static final int MAX_WATCHES = 12;

  private static final Logger LOG = LoggerFactory.getLogger(SocketXenStore.class);
  private static final int JOIN_MILLIS = 5_000;

  /** How often a changing list is read again. */
  private static final int MAX_RESTARTS = 8;

  /** Timeout of the first connection attempt, which is slow while classes are loaded. */
  private static final int FIRST_ATTEMPT_MILLIS = 30_000;

  private record Watch(String path, String token) {}

  private sealed interface Link {
    record Up(XenConnection connection) implements Link {}

    record Down(String reason) implements Link {}
  }

  private final XenStoreSettings settings;
  private final Consumer<XenEvent> events;
  private final Backoff backoff;
  private final Set<Watch> watches = new LinkedHashSet<>();

  /** Paths of watches registered on the current connection. */
  private final Set<String> registered = ConcurrentHashMap.newKeySet();

  /** Number of watch events and connections: anything may change between two connections. */
  private final AtomicLong changes = new AtomicLong();

  private final CountDownLatch attempted = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile Link link = new Link.Down("not connected yet");

  private SocketXenStore(
      XenStoreSettings settings, Consumer<XenEvent> events, RandomGenerator random) {
    this.settings = settings;
    this.events = events;
    this.backoff = new Backoff(settings.backoffMinMillis(), settings.backoffMaxMillis(), random);
    this.thread = Thread.ofPlatform().daemon().name("xenstore").unstarted(this::run);
  }

  /**
   * Starts the client and waits up to 30 s for the first connection attempt. If it fails, reads
   * fail with the reason until {@link XenEvent.Connected}.
   */
  public static SocketXenStore open(
      XenStoreSettings settings, Consumer<XenEvent> events, RandomGenerator random) {
    SocketXenStore store = new SocketXenStore(settings, events, random);
    store.thread.start();
    try {
      if (!store.attempted.await(FIRST_ATTEMPT_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.warn("xenstored has not accepted the connection within {} ms", FIRST_ATTEMPT_MILLIS);
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
    return ask(
        XenOp.READ, paths, (path, answer) -> reading(path, answer, reply -> reply.value(path)));
  }

  @Override
  public List<ReadResult<List<String>>> directories(List<String> paths) {
    return ask(
        XenOp.DIRECTORY,
        paths,
        (path, answer) ->
            answer instanceof Answer.Refused(String error) && error.equals("E2BIG")
                ? inParts(path)
                : reading(path, answer, reply -> reply.strings(path)));
  }

  private static <T> ReadResult<T> reading(
      String path, Answer answer, Function<XenMessage, ReadResult<T>> parse) {
    return switch (answer) {
      case Answer.Reply(XenMessage reply) -> parse.apply(reply);
      case Answer.Refused(String error) when error.equals("ENOENT") -> ReadResult.absent(path);
      case Answer.Refused(String error) ->
          ReadResult.failed(path + ": xenstored returned " + error);
      case Answer.Lost(String reason) -> ReadResult.failed(path + ": " + reason);
    };
  }

  /**
   * Reads a list of children that is longer than one message.
   *
   * <p>A DIRECTORY_PART reply has the node's generation, a NUL, and names from the offset on; an
   * empty name ends the list. If the generation changes between two parts, the list is read again
   * ({@code docs/misc/xenstore.txt}).
   */
  private ReadResult<List<String>> inParts(String path) {
    String generation = "";
    String names = ""; // one character for each byte
    int restarts = 0;
    while (restarts <= MAX_RESTARTS && names.length() <= MAX_DIRECTORY_BYTES) {
      Answer answer = part(path, names.length());
      if (answer instanceof Answer.Refused(String error) && !error.equals("ENOENT")) {
        return ReadResult.failed(
            "%s: more than %d bytes of names, and this xenstored has no DIRECTORY_PART (%s)"
                .formatted(path, XenMessage.MAX_PAYLOAD_BYTES, error));
      }
      if (!(answer instanceof Answer.Reply(XenMessage reply))) {
        return reading(path, answer, other -> other.strings(path));
      }
      String part = new String(reply.payload(), StandardCharsets.ISO_8859_1);
      int end = part.indexOf('\0');
      if (end < 0 || end + 1 == part.length()) {
        return ReadResult.malformed(path, "GENERATION, NUL and names", "another payload");
      }
      String current = part.substring(0, end);
      if (!names.isEmpty() && !current.equals(generation)) {
        names = "";
        restarts++;
        continue;
      }
      generation = current;
      names += part.substring(end + 1);
      if (names.equals("\0") || names.endsWith("\0\0")) {
        String list = names.substring(0, names.length() - 1);
        return XenMessage.strings(path, list.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return ReadResult.failed(
        "%s: not read: %d bytes of names, changed %d times while being read"
            .formatted(path, names.length(), restarts));
  }

  private Answer part(String path, int offset) {
    return switch (link) {
      case Link.Up(XenConnection up) ->
          up.await(up.submit(XenOp.DIRECTORY_PART, path, Integer.toString(offset)));
      case Link.Down(String reason) -> new Answer.Lost(reason);
    };
  }

  /** One result per path, in order. */
  private <T> List<ReadResult<T>> ask(
      XenOp op, List<String> paths, BiFunction<String, Answer, ReadResult<T>> parse) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("xenstore: request on the thread that reads the answers");
    }
    List<ReadResult<T>> results = new ArrayList<>(paths.size());
    switch (link) {
      case Link.Down(String reason) ->
          paths.forEach(path -> results.add(parse.apply(path, new Answer.Lost(reason))));
      case Link.Up(XenConnection up) -> {
        for (int from = 0; from < paths.size(); from += XenConnection.MAX_OUTSTANDING) {
          int to = Math.min(paths.size(), from + XenConnection.MAX_OUTSTANDING);
          List<XenConnection.Ticket> tickets = up.submitAll(op, paths.subList(from, to));
          for (int n = from; n < to; n++) {
            results.add(parse.apply(paths.get(n), up.await(tickets.get(n - from))));
          }
        }
      }
    }
    return results;
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
      // EEXIST if a new connection has registered it already
      case Link.Up(XenConnection up) -> {
        Optional<String> refusal = refusal(path, up.await(up.submit(XenOp.WATCH, path, token)));
        if (refusal.isEmpty()) {
          registered.add(path);
        }
        yield refusal;
      }
      case Link.Down(String reason) -> Optional.of(path + ": " + reason);
    };
  }

  @Override
  public OptionalLong changes(Collection<String> watched) {
    long now = changes.get();
    return link instanceof Link.Up && registered.containsAll(watched)
        ? OptionalLong.of(now)
        : OptionalLong.empty();
  }

  private static Optional<String> refusal(String path, Answer answer) {
    boolean registered = answer instanceof Answer.Refused(String error) && error.equals("EEXIST");
    ReadResult<String> result = reading(path, answer, _ -> ReadResult.present(path));
    return registered || result.isPresent() ? Optional.empty() : Optional.of(result.describe());
  }

  private void run() {
    boolean reported = false;
    try {
      while (closed.getCount() > 0) {
        switch (connect(settings.root())) {
          case ReadResult.Present<SocketChannel>(SocketChannel channel) -> {
            serve(new XenConnection(channel, settings.requestMillis()));
            reported = true;
          }
          case ReadResult<SocketChannel> none -> {
            link = new Link.Down("xenstore: " + none.describe());
            attempted.countDown();
            if (!reported) {
              emit(new XenEvent.Disconnected(none.describe()));
            }
            reported = true;
          }
        }
        if (closed.await(backoff.nextMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      LOG.warn("the xenstore thread was interrupted and stops");
      Thread.currentThread().interrupt();
    } finally {
      link = new Link.Down("xenstore: closed");
    }
  }

  /** A connection to the first socket that accepts one; failed with the error of each. */
  private static ReadResult<SocketChannel> connect(Path root) {
    List<String> problems = new ArrayList<>();
    for (String socket : XenStoreSettings.SOCKETS) {
      try {
        return ReadResult.present(connectTo(root.resolve(socket)));
      } catch (IOException e) {
        problems.add(root.resolve(socket) + ": " + e.getMessage());
      }
    }
    for (String device : XenStoreSettings.DEVICES) {
      if (Files.exists(root.resolve(device))) {
        problems.add(root.resolve(device) + " exists, but only the socket is supported");
      }
    }
    return ReadResult.failed("no connection to xenstored: " + String.join("; ", problems));
  }

  private static SocketChannel connectTo(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private void serve(XenConnection connection) {
    registered.clear();
    changes.incrementAndGet();
    // watches are sent before other requests, so they do not wait
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
    attempted.countDown();
    if (closed.getCount() == 0) {
      connection.end("closed");
    }
    emit(new XenEvent.Connected());
    String reason = connection.run(this::deliver);
    link = new Link.Down("xenstore: " + reason);
    if (connection.received() > 0) {
      backoff.reset();
    }
    if (closed.getCount() > 0) {
      emit(new XenEvent.Disconnected(reason));
    }
  }

  private void report(Watch watch, Answer answer) {
    Optional<String> refusal = refusal(watch.path(), answer);
    if (refusal.isEmpty()) {
      registered.add(watch.path());
    } else if (answer instanceof Answer.Refused) {
      emit(new XenEvent.WatchRefused(watch.path(), refusal.get()));
    }
  }

  private void deliver(XenMessage message) {
    changes.incrementAndGet();
    switch (message.strings("watch event")) {
      case ReadResult.Present<List<String>>(List<String> strings) when strings.size() >= 2 ->
          emit(new XenEvent.Changed(strings.get(0), strings.get(1)));
      case ReadResult<List<String>> bad -> LOG.warn("malformed watch event: {}", bad);
    }
  }

  private void emit(XenEvent event) {
    try {
      events.accept(event);
    } catch (RuntimeException e) {
      LOG.error("xenstore event receiver failed: {}", event, e);
    }
  }

  /** Closes the connection and stops the thread; outstanding and later requests fail. */
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
        LOG.warn("the xenstore thread has not stopped within {} ms", JOIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
