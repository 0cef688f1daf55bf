package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.subject.Subjects;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Audit trails that a {@link RecordServer} reads for HTTP. */
final class AuditTrailTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private static Mono<AuditTrail> ask(RecordServer desk) {
    return desk.auditTrail(new AuditQuery("vm176"), Duration.ofHours(1));
  }

  private static RecordServer records(int port) {
    return new RecordServer(
        new NatsSettings("nats://127.0.0.1:" + port, null, null, Subjects.DEFAULT, "c1"),
        new ControllerCounters(),
        Clock.systemUTC());
  }

  @Test
  void refusesRequestsBeyondTheLimit() throws IOException {
    // accepts the connection without an answer, so that the first request lasts as long as the test
    try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        RecordServer desk = records(silent.getLocalPort())) {
      List<Throwable> refused = new CopyOnWriteArrayList<>();
      Disposable _ = ask(desk).subscribe(_ -> {}, refused::add);
      try (Socket _ = silent.accept()) { // it is being read
        for (int i = 0; i < RecordServer.AUDITS_WAITING; i++) {
          Disposable _ = ask(desk).subscribe(_ -> {}, refused::add);
        }

        StepVerifier.create(ask(desk)).expectError(RejectedExecutionException.class).verify(BOUND);
        assertThat(refused).isEmpty();
      }
    }
  }

  @Test
  void reportsErrors() throws IOException {
    int closed;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = free.getLocalPort();
    }
    try (RecordServer desk = records(closed)) {
      StepVerifier.create(ask(desk))
          .expectErrorSatisfies(fault ->
              assertThat(fault)
                  .isInstanceOf(NatsException.class)
                  .hasMessageContaining("cannot reach NATS"))
          .verify(BOUND);
    }
  }
}
