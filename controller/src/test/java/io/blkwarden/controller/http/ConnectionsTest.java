package io.blkwarden.controller.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.history.FleetHistory;
import io.blkwarden.controller.history.RecentDecisions;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Misbehaving connections. */
final class ConnectionsTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final String REQUEST = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n";

  private final Scheduler pages = Schedulers.newSingle("pages-of-test", true);
  private final ChangeSignal pulse = new ChangeSignal();
  private final List<Socket> sockets = new ArrayList<>();
  private @Nullable StatusServer server;

  private StatusServer serve(Connections.Limits limits) {
    server =
        StatusServer.start(
            new HttpSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Set.of(),
                null,
                limits,
                null),
            () -> new Readiness(true, List.of(), List.of()),
            new DashboardData(
                new FleetView(),
                new FleetHistory(),
                new RecentDecisions(),
                _ -> Mono.<FleetSnapshot>error(new IllegalStateException()),
                _ -> Mono.<FleetSnapshot>error(new IllegalStateException()),
                pulse,
                pages),
            new Metric.Source(List.of(), Mono::empty),
            new Approvals(null, _ -> Mono.never()),
            (_, _) -> Mono.never());
    return server;
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    if (server != null) {
      server.close();
    }
    pages.dispose();
  }

  private Socket connect(StatusServer to, String from) throws IOException {
    Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), to.port(), InetAddress.getByName(from), 0);
    sockets.add(socket);
    socket.setSoTimeout(20);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  /** Whether the server has closed the connection; discards received data. */
  private static boolean closed(Socket socket) throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {}
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  private static String answer(Socket socket) throws IOException {
    socket.setSoTimeout(30_000);
    byte[] start = socket.getInputStream().readNBytes(12);
    socket.setSoTimeout(20);
    return new String(start, US_ASCII);
  }

  @Test
  void incompleteRequestTimesOut() throws Exception {
    StatusServer to = serve(new Connections.Limits(500, 500, SHORT, LONG));
    List<Socket> halves = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Socket half = connect(to, "127.0.0.1");
      halves.add(half);
      if (i % 3 > 0) {
        send(half, i % 3 == 1 ? REQUEST : "POST /api/v1/release HTTP/1.1\r\nHost: localhost\r\n");
      }
    }

    await().untilAsserted(() -> assertThat(halves).allMatch(ConnectionsTest::closedNow));
  }

  private static boolean closedNow(Socket socket) {
    try {
      return closed(socket);
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void slowRequestTimesOut() throws Exception {
    Socket slow = connect(serve(new Connections.Limits(9, 9, SHORT, LONG)), "127.0.0.1");
    send(slow, REQUEST + "X: ");

    await()
        .until(() -> {
          try {
            send(slow, "x");
          } catch (SocketException e) {
            return true;
          }
          return closed(slow);
        });
  }

  @Test
  void idleConnectionIsClosed() throws Exception {
    Socket idle = connect(serve(new Connections.Limits(9, 9, LONG, SHORT)), "127.0.0.1");
    send(idle, REQUEST + "\r\n");
    assertThat(answer(idle)).isEqualTo("HTTP/1.1 200");

    await().until(() -> closed(idle));
  }

  @Test
  void connectionsPerAddressAreLimited() throws Exception {
    StatusServer to = serve(new Connections.Limits(6, 4, LONG, LONG));
    List<Socket> first = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      first.add(connect(to, "127.0.0.1"));
      send(first.getLast(), REQUEST + "\r\n");
      assertThat(answer(first.getLast())).isEqualTo("HTTP/1.1 200");
    }

    Socket fifth = connect(to, "127.0.0.1");
    await().until(() -> closed(fifth));

    Socket other = connect(to, "127.0.0.2");
    send(other, REQUEST + "\r\n");
    assertThat(answer(other)).isEqualTo("HTTP/1.1 200");

    first.getFirst().close();
    await()
        .until(() -> {
          Socket again = connect(to, "127.0.0.1");
          send(again, REQUEST + "\r\n");
          return !closed(again);
        });
  }

  @Test
  void totalConnectionsAreLimited() throws Exception {
    StatusServer to = serve(new Connections.Limits(3, 2, LONG, LONG));
    for (String from : List.of("127.0.0.1", "127.0.0.2", "127.0.0.3")) {
      Socket socket = connect(to, from);
      send(socket, REQUEST + "\r\n");
      assertThat(answer(socket)).isEqualTo("HTTP/1.1 200");
    }

    Socket fourth = connect(to, "127.0.0.4");
    await().until(() -> closed(fourth));
  }

  @Test
  void eventStreamStaysConnected() throws Exception {
    StatusServer to = serve(new Connections.Limits(9, 9, LONG, Duration.ofSeconds(2)));
    Socket follows = connect(to, "127.0.0.1");
    send(follows, "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(answer(follows)).isEqualTo("HTTP/1.1 200");
    Socket idle = connect(to, "127.0.0.1");
    send(idle, REQUEST + "\r\n");
    assertThat(answer(idle)).isEqualTo("HTTP/1.1 200");

    await().until(() -> closed(idle)); // the same time has passed for the page

    pulse.signal();
    assertThat(closed(follows)).isFalse();
  }
}
