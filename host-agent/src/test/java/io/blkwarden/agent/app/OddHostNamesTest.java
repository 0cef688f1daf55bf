package io.blkwarden.agent.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.nats.NatsCheck;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.commandline.Check;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Host names with special characters of JSON and NATS, with a real server. */
final class OddHostNamesTest {
  private static final List<HostId> NAMES =
      List.of(
          new HostId("dom0\"7"),
          new HostId("a\\b"),
          new HostId("{}[],:"),
          new HostId("*.>"),
          new HostId("dom0.example.org"),
          new HostId("d\u00f6m\u4e2d\ud83d\ude80"),
          new HostId("'$%/@"));

  @Test
  void agentsAndTheDoctorConnect() throws Exception {
    try (NatsServer server = NatsServer.start()) {
      Connection client = server.connect();
      Queue<Message> heard = new ConcurrentLinkedQueue<>();
      client.createDispatcher(heard::add).subscribe(Subjects.DEFAULT.allSamples());
      client.flush(Duration.ofSeconds(10));
      for (HostId host : NAMES) {
        NatsSettings settings =
            new NatsSettings(
                List.of(server.url()),
                Optional.empty(),
                Optional.empty(),
                host,
                Subjects.DEFAULT,
                Duration.ofMillis(100));
        assertThat(NatsCheck.run(settings))
            .as(host.value())
            .extracting(Check::state)
            .containsExactly(Check.State.OK);
        TestBus bus = TestBus.of(settings, OutcomeJournal.NONE).start(_ -> {});
        try {
          await(host.value())
              .atMost(Duration.ofSeconds(60))
              .until(() -> {
                bus.pending.sample(host.value().getBytes(UTF_8));
                return heard.stream()
                    .anyMatch(message ->
                        message.getSubject().equals(Subjects.DEFAULT.sample(host))
                            && new String(message.getData(), UTF_8).equals(host.value()));
              });
        } finally {
          bus.stop(Duration.ofMillis(1));
        }
      }
    }
  }
}
