package io.blkwarden.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.bus.TestMessages;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.agent.state.OutcomeFile;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outcomes across agent restarts without NATS. */
final class OutcomesOverRestartTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  @TempDir Path state;

  private TestBus bus(NatsServer server) {
    NatsSettings settings =
        new NatsSettings(
            List.of(server.url()),
            Optional.empty(),
            Optional.empty(),
            TestMessages.HOST,
            Subjects.DEFAULT,
            Duration.ofMillis(100));
    return TestBus.of(settings, new OutcomeFile(state)).start(_ -> {});
  }

  @Test
  void nextAgentSendsUnconfirmedOutcomes() throws Exception {
    NatsServer server = NatsServer.start();
    try {
      TestBus first = bus(server);
      first.pending.outcome(TestMessages.outcome(1));
      first.pending.outcome(TestMessages.outcome(2));
      first.stop(Duration.ofMillis(1));

      Audit audit = new Audit(server.connect());
      TestBus second = bus(server);
      Awaitility.await().atMost(BOUND).until(() -> audit.stored() == 2);
      for (int n = 1; n <= 2; n++) {
        assertThat(audit.message(n)).contains("\"outcome " + n + "\"");
      }
      Awaitility.await()
          .atMost(BOUND)
          .until(() -> Files.size(state.resolve("outcomes.jsonl")) == 0);
      second.stop(Duration.ofMillis(1));
    } finally {
      server.close();
    }
  }
}
