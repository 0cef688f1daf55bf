package io.blkwarden.agent.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.blkwarden.commandline.Check;
import io.blkwarden.commandline.nats.JetStreamFault;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The NATS check with slow and missing servers. */
final class NatsCheckTest {
  private static final Duration WITHIN = Duration.ofSeconds(1);

  private final AtomicInteger connections = new AtomicInteger();
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void retriesAfterATimeout() {
    serve(1);
    assertThat(check())
        .first()
        .extracting(Check::name, Check::state)
        .containsExactly("nats", Check.State.OK);
    assertThat(connections).hasValue(2);
  }

  @Test
  void retriesOnlyOnce() {
    serve(Integer.MAX_VALUE);
    assertThat(check())
        .singleElement()
        .satisfies(check -> {
          assertThat(check.state()).isEqualTo(Check.State.FAIL);
          assertThat(check.detail()).contains("cannot connect: TimeoutException");
        });
    assertThat(connections).hasValue(2);
  }

  @Test
  void reportsJetStreamFaults() throws Exception {
    try (NatsServer without = NatsServer.withoutJetStream();
        NatsServer with = NatsServer.start()) {
      assertThat(check(without.url()))
          .extracting(Check::name, Check::state)
          .containsExactly(tuple("nats", Check.State.OK), tuple("jetstream", Check.State.FAIL));
      assertThat(check(without.url()).getLast().remedy()).contains("-js");
      assertThat(check(with.url())).singleElement().extracting(Check::name).isEqualTo("nats");
      // like nats-server 2.9 with a full disk
      Connection link = with.connect();
      with.freeze();
      assertThat(JetStreamFault.check(link).orElseThrow().text())
          .contains("JetStream does not answer", "full", "free space")
          .doesNotContain("-js");
      with.thaw();
    }
  }

  private List<Check> check() {
    return check("nats://127.0.0.1:" + server.getLocalPort());
  }

  private static List<Check> check(String url) {
    return NatsCheck.run(
        new NatsSettings(
            List.of(url),
            Optional.empty(),
            Optional.empty(),
            new HostId("dom0-1"),
            Subjects.DEFAULT,
            Duration.ofSeconds(1)),
        WITHIN);
  }

  /** Accepts connections, and sends nothing on the first. */
  private void serve(int silent) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (true) {
              Socket client = server.accept();
              if (connections.incrementAndGet() > silent) {
                answer(client);
              }
            }
          } catch (IOException closed) {
            assertThat(server.isClosed()).isTrue();
          }
        });
  }

  private static void answer(Socket client) throws IOException {
    try (client;
        OutputStream out = client.getOutputStream();
        BufferedReader in =
            new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8))) {
      out.write(
          ("INFO {\"server_id\":\"T\",\"version\":\"2.10.0\",\"proto\":1,\"max_payload\":1048576}"
                  + "\r\n")
              .getBytes(UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals("PING")) {
          out.write("PONG\r\n".getBytes(UTF_8));
        }
      }
    }
  }
}
