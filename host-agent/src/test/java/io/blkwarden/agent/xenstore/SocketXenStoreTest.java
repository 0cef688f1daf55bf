package io.blkwarden.agent.xenstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.commandline.Check;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketXenStoreTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final String NODE = "/local/domain/0/backend/vbd/1/51714";
  private static final String STATE = NODE + "/state";

  @TempDir private Path root;
  private final List<XenEvent> events = new CopyOnWriteArrayList<>();
  private FakeXenstored server;
  private SocketXenStore store;

  @BeforeEach
  void start() {
    server = new FakeXenstored(root, Captured.xenStore());
    store = open(20_000);
  }

  @AfterEach
  void stop() throws IOException {
    store.close();
    server.close();
  }

  @Test
  void readsAndLists() {
    assertThat(store.read(STATE)).isEqualTo(ReadResult.present("4"));
    assertThat(store.directory(NODE)).isEqualTo(Captured.xenStore().directory(NODE));
    assertThat(store.read("/nosuch")).isEqualTo(ReadResult.absent("/nosuch"));
    assertThat(store.directory("/nosuch")).isEqualTo(ReadResult.absent("/nosuch"));
    assertThat(BackendTree.read(store, "vbd", List.of("state", "dev")))
        .isEqualTo(BackendTree.read(Captured.xenStore(), "vbd", List.of("state", "dev")));
  }

  @Test
  void countsChanges() {
    List<String> watched = List.of("/local/domain/0/backend/vbd");
    assertThat(store.changes(watched)).as("not watched").isEmpty();

    assertThat(store.watch(watched.getFirst(), "t")).isEmpty();
    assertThat(store.read(STATE).isPresent())
        .isTrue(); // the first event of the watch was received before
    OptionalLong before = store.changes(watched);
    assertThat(before).isPresent();
    assertThat(store.read(STATE).isPresent()).isTrue();
    assertThat(store.changes(watched)).isEqualTo(before);

    server.responder =
        (request, session) ->
            session.send(
                FakeXenstored.event(STATE, "t"), FakeXenstored.bytes(XenOp.READ, request, "6"));
    assertThat(store.read(STATE)).isEqualTo(ReadResult.present("6"));
    assertThat(store.changes(watched)).isPresent().isNotEqualTo(before);
    assertThat(store.changes(List.of("/vm"))).isEmpty();
  }

  @Test
  void newConnectionIsAChange() throws IOException {
    List<String> watched = List.of("@releaseDomain");
    assertThat(store.watch(watched.getFirst(), "t")).isEmpty();
    OptionalLong before = store.changes(watched);
    server.sessions.getFirst().cut();
    await()
        .atMost(BOUND)
        .until(() -> store.changes(watched).isPresent() && !store.changes(watched).equals(before));
  }

  @Test
  void distinguishesErrorsFromAbsence() {
    server.responder = (request, session) -> session.send(FakeXenstored.error(request, "EACCES"));

    assertThat(store.read(STATE).describe()).isEqualTo(STATE + ": xenstored returned EACCES");
    assertThat(store.read(STATE)).isInstanceOf(ReadResult.Failed.class);
    assertThat(store.read("/a\0b")).isInstanceOf(ReadResult.Failed.class);
  }

  @Test
  void readsFragmentedMessages() {
    server.responder =
        (request, session) -> {
          ByteBuffer frame = FakeXenstored.bytes(XenOp.READ, request, "fragmented");
          while (frame.hasRemaining()) {
            session.send(ByteBuffer.wrap(new byte[] {frame.get()}));
          }
        };

    assertThat(store.read(STATE)).isEqualTo(ReadResult.present("fragmented"));
  }

  @Test
  void readsSeveralMessagesAtOnce() {
    server.responder =
        (request, session) ->
            session.send(
                FakeXenstored.event(STATE, "before"),
                FakeXenstored.bytes(XenOp.READ, request, "4"),
                FakeXenstored.event("@releaseDomain", "after"));

    assertThat(store.read(STATE)).isEqualTo(ReadResult.present("4"));
    await()
        .atMost(BOUND)
        .until(() -> events.contains(new XenEvent.Changed("@releaseDomain", "after")));
    assertThat(events)
        .containsExactly(
            new XenEvent.Connected(),
            new XenEvent.Changed(STATE, "before"),
            new XenEvent.Changed("@releaseDomain", "after"));
  }

  @Test
  void matchesAnswersInAnyOrder() {
    List<XenMessage> held = Collections.synchronizedList(new ArrayList<>());
    server.responder =
        (request, session) -> {
          held.add(request);
          if (held.size() == 3) {
            for (XenMessage late : held.reversed()) {
              String path = late.strings("request").orElse(List.of("?")).getFirst();
              session.send(FakeXenstored.bytes(XenOp.READ, late, "value of " + path));
            }
          }
        };

    assertThat(store.readAll(List.of("/a", "/b", "/c")))
        .containsExactly(
            ReadResult.present("value of /a"),
            ReadResult.present("value of /b"),
            ReadResult.present("value of /c"));
  }

  @Test
  void limitsOutstandingRequests() {
    List<XenMessage> held = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger most = new AtomicInteger();
    server.responder =
        (request, session) -> {
          held.add(request);
          most.accumulateAndGet(held.size(), Math::max);
          if (held.size() == XenConnection.MAX_OUTSTANDING
              || request.strings("r").orElse(List.of()).contains("/39")) {
            for (XenMessage late : List.copyOf(held)) {
              held.remove(late);
              session.send(FakeXenstored.bytes(XenOp.READ, late, "x"));
            }
          }
        };

    List<ReadResult<String>> readings =
        store.readAll(IntStream.range(0, 40).mapToObj(n -> "/" + n).toList());

    assertThat(readings).hasSize(40).containsOnly(ReadResult.present("x"));
    assertThat(most).hasValue(XenConnection.MAX_OUTSTANDING);
  }

  @Test
  void reconnectsAndRestoresWatches() {
    assertThat(store.watch("@releaseDomain", "release")).isEmpty();
    server.responder =
        (request, session) -> {
          session.send(FakeXenstored.bytes(XenOp.READ, request, "cut").limit(10));
          server.responder = server::honest;
          session.cut();
        };

    assertThat(store.read(STATE).describe())
        .isEqualTo(STATE + ": xenstored closed the connection within a message");
    await().atMost(BOUND).until(() -> server.sessions.size() == 2 && changes("release") == 2);
    assertThat(server.sessions.get(1).watches).containsExactly("@releaseDomain");
    assertThat(events)
        .containsExactly(
            new XenEvent.Connected(),
            new XenEvent.Changed("@releaseDomain", "release"),
            new XenEvent.Disconnected("xenstored closed the connection within a message"),
            new XenEvent.Connected(),
            new XenEvent.Changed("@releaseDomain", "release"));
    assertThat(store.read(STATE)).isEqualTo(ReadResult.present("4"));
  }

  @Test
  void failsAtOnceWhileDisconnected() throws IOException {
    assertThat(store.watch(BackendTree.ROOT, "backend")).isEmpty();
    server.close();
    await().atMost(BOUND).until(() -> count(XenEvent.Disconnected.class) == 1);

    assertThat(store.read(STATE)).isInstanceOf(ReadResult.Failed.class);
    assertThat(store.watch("@introduceDomain", "introduce")).isPresent();
    server = new FakeXenstored(root, Captured.xenStore());
    await().atMost(BOUND).until(() -> changes("backend") == 2 && changes("introduce") == 1);

    assertThat(store.read(STATE)).isEqualTo(ReadResult.present("4"));
    assertThat(count(XenEvent.Disconnected.class)).isEqualTo(1);
    assertThat(server.sessions.getFirst().watches)
        .containsExactly(BackendTree.ROOT, "@introduceDomain");
  }

  @Test
  void disconnectsOnProtocolErrors() {
    List<FakeXenstored.Responder> breaks =
        List.of(
            (request, session) -> session.send(header(XenOp.READ.wire(), request, 5_000)),
            (request, session) -> session.send(header(99, request, 0)),
            (request, session) ->
                session.send(FakeXenstored.bytes(XenOp.DIRECTORY_PART, request, "OK\0")),
            (_, session) ->
                session.send(
                    FakeXenstored.sent(
                        Optional.of(new XenMessage(XenOp.READ, 4711, new byte[0])))));
    for (int n = 0; n < breaks.size(); n++) {
      server.responder = breaks.get(n);
      assertThat(store.read(STATE).describe()).contains("protocol: ");
      int lost = n + 1;
      await().atMost(BOUND).until(() -> count(XenEvent.Connected.class) == lost + 1);
    }
    server.responder = server::honest;
    assertThat(store.read(STATE)).isEqualTo(ReadResult.present("4"));
  }

  @Test
  void disconnectsFromASilentServer() {
    store.close();
    store = open(200);
    server.responder = (_, _) -> {};

    assertThat(store.readAll(Collections.nCopies(40, STATE)))
        .hasSize(40)
        .allSatisfy(reading -> assertThat(reading).isInstanceOf(ReadResult.Failed.class));
    server.responder = server::honest;
    await().atMost(BOUND).until(() -> store.read(STATE).equals(ReadResult.present("4")));
  }

  @Test
  void readsLongDirectoriesInParts() {
    List<String> names = IntStream.range(0, 900).mapToObj(n -> "domain-" + n).toList();
    byte[] list = (String.join("\0", names) + "\0\0").getBytes(UTF_8);
    AtomicInteger asked = new AtomicInteger();
    server.responder =
        (request, session) -> {
          if (request.op() == XenOp.DIRECTORY) {
            session.send(FakeXenstored.error(request, "E2BIG"));
            return;
          }
          int offset = Integer.parseInt(request.strings("r").orElse(List.of()).get(1));
          // the list changes once during the read
          String generation = asked.incrementAndGet() == 1 ? "41" : "42";
          int length = Math.min(4_096 - 3, list.length - offset);
          session.send(
              FakeXenstored.bytes(
                  request.op(),
                  request,
                  generation + "\0" + new String(list, offset, length, UTF_8)));
        };

    assertThat(store.directory("/local/domain")).isEqualTo(ReadResult.present(names));
    assertThat(asked.get()).isGreaterThan(list.length / 4_096 + 1);
  }

  @Test
  void acceptsLongListsOfOxenstored() {
    List<String> names = IntStream.range(0, 4_000).mapToObj(n -> "domain-" + n).toList();
    byte[] list = (String.join("\0", names) + "\0").getBytes(UTF_8);
    server.responder = (request, session) -> session.send(FakeXenstored.overlong(request, list));

    assertThat(store.directory("/local/domain")).isEqualTo(ReadResult.present(names));
    assertThat(events).containsExactly(new XenEvent.Connected());

    server.responder =
        (request, session) ->
            session.send(FakeXenstored.overlong(request, new byte[XenMessage.MAX_LIST_BYTES + 1]));
    assertThat(store.directory("/local/domain").describe()).contains("found 65537");
  }

  @Test
  void reportsAServerWithoutDirectoryPart() {
    server.responder =
        (request, session) ->
            session.send(
                FakeXenstored.error(request, request.op() == XenOp.DIRECTORY ? "E2BIG" : "ENOSYS"));

    assertThat(store.directory("/vm"))
        .isEqualTo(
            ReadResult.failed(
                "/vm: more than 4096 bytes of names, and this xenstored has no DIRECTORY_PART"
                    + " (ENOSYS)"));
  }

  @Test
  void reportsRefusedWatches() throws IOException {
    server.responder = (request, session) -> session.send(FakeXenstored.error(request, "E2BIG"));
    assertThat(store.watch("@releaseDomain", "t"))
        .contains("@releaseDomain: xenstored returned E2BIG");

    server.sessions.getFirst().cut();
    await()
        .atMost(BOUND)
        .until(() ->
            events.contains(
                new XenEvent.WatchRefused(
                    "@releaseDomain", "@releaseDomain: xenstored returned E2BIG")));
  }

  @Test
  void deliversEventsInOrder() throws IOException {
    for (String path : BackendTree.WATCHES) {
      assertThat(store.watch(path, path)).isEmpty();
    }
    await()
        .atMost(BOUND)
        .until(() -> BackendTree.WATCHES.stream().allMatch(path -> changes(path) == 1));
    events.clear();
    List<String> captured = Captured.text("xenstore-watch.txt").lines().toList();

    for (String path : captured) {
      String token =
          BackendTree.WATCHES.stream().filter(path::startsWith).findFirst().orElseThrow();
      server.sessions.getFirst().send(FakeXenstored.event(path, token));
    }

    await().atMost(BOUND).until(() -> events.size() >= captured.size());
    assertThat(events)
        .extracting(event -> event instanceof XenEvent.Changed(String path, _) ? path : event)
        .isEqualTo(captured);
  }

  @Test
  void registersAllWatchesOfTheAgent() {
    for (String path : BackendTree.WATCHES) {
      assertThat(store.watch(path, path)).isEmpty();
    }
    await()
        .atMost(BOUND)
        .until(() -> BackendTree.WATCHES.stream().allMatch(path -> changes(path) == 1));
    assertThat(server.sessions.getFirst().watches)
        .containsExactly(
            "@introduceDomain",
            "@releaseDomain",
            "/local/domain/0/backend/vbd",
            "/local/domain/0/backend/vbd3",
            "/local/domain/0/backend/qdisk",
            "/local/domain/0/backend/tap");
  }

  @Test
  void limitsWatches() {
    for (int n = 0; n < SocketXenStore.MAX_WATCHES; n++) {
      assertThat(store.watch("/" + n, "t")).isEmpty();
    }
    assertThat(store.watch("/more", "t")).contains("/more: expected at most 12 watches");
  }

  @Test
  void survivesAThrowingReceiver() {
    AtomicReference<RuntimeException> thrown = new AtomicReference<>();
    List<String> tokens = new CopyOnWriteArrayList<>();
    AtomicReference<SocketXenStore> second = new AtomicReference<>();
    try (SocketXenStore other =
        SocketXenStore.open(
            settings(20_000),
            event -> {
              if (event instanceof XenEvent.Changed(String _, String token)) {
                tokens.add(token);
                try {
                  second.get().read(STATE);
                } catch (IllegalStateException e) {
                  thrown.set(e);
                  throw e;
                }
              }
            },
            new SplittableRandom(1))) {
      second.set(other);
      assertThat(other.watch("@releaseDomain", "one")).isEmpty();
      assertThat(other.watch("@introduceDomain", "two")).isEmpty();
      await().atMost(BOUND).until(() -> tokens.size() == 2);
      assertThat(thrown.get()).hasMessageContaining("on the thread that reads the answers");
      assertThat(other.read(STATE)).isEqualTo(ReadResult.present("4"));
    }
  }

  @Test
  void closeFailsOutstandingRequests() {
    server.responder = (_, _) -> store.close();

    assertThat(store.read(STATE).describe()).isEqualTo(STATE + ": closed");
    await().atMost(BOUND).until(() -> store.read(STATE).describe().contains("xenstore: closed"));
    assertThat(events).containsExactly(new XenEvent.Connected());
  }

  @Test
  void doctorChecksReadsAndWatches() throws IOException {
    assertThat(XenStoreCheck.run(settings(20_000), new SplittableRandom(1)))
        .extracting(Check::state)
        .containsExactly(Check.State.OK, Check.State.OK);

    server.close();
    List<Check> checks = XenStoreCheck.run(settings(20_000), new SplittableRandom(1));
    assertThat(checks).extracting(Check::state).containsOnly(Check.State.FAIL);
    assertThat(checks.getFirst().detail()).contains("run/xenstored/socket");
    assertThat(checks.getFirst().remedy()).contains("not a Xen dom0");
  }

  private SocketXenStore open(int requestMillis) {
    return SocketXenStore.open(settings(requestMillis), events::add, new SplittableRandom(1));
  }

  private XenStoreSettings settings(int requestMillis) {
    return new XenStoreSettings(root, requestMillis, 2, 50);
  }

  private long changes(String token) {
    return events.stream()
        .filter(
            event -> event instanceof XenEvent.Changed(String _, String with) && with.equals(token))
        .count();
  }

  private long count(Class<? extends XenEvent> type) {
    return events.stream().filter(type::isInstance).count();
  }

  private static ByteBuffer header(int type, XenMessage request, int length) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.nativeOrder())
        .putInt(type)
        .putInt(request.requestId())
        .putInt(0)
        .putInt(length)
        .flip();
  }
}
