package io.blkwarden.agent.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.lease.OutcomeFile;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent ends while NATS cannot take its outcomes: the next one sends them. */
final class OutcomesOverRestartTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  @TempDir Path state;

  private NatsControlBus bus(NatsServer server) {
    BusSettings settings =
        new BusSettings(
            List.of(server.url()),
            Optional.empty(),
            Said.HOST,
            Subjects.DEFAULT,
            Duration.ofMillis(100));
    NatsControlBus bus =
        new NatsControlBus(
            settings, new OutcomeFile(state), () -> System.nanoTime() / 1_000_000, new Random(1));
    bus.start(new Nobody());
    return bus;
  }

  /** Takes nothing. */
  static final class Nobody implements BusListener {
    @Override
    public void connected() {}

    @Override
    public void disconnected(String reason) {}

    @Override
    public boolean command(IncomingCommand command) {
      return false;
    }
  }

  @Test
  void unconfirmedOutcomesAreSentByTheNextAgentAndThenForgotten() throws Exception {
    NatsServer server = NatsServer.start();
    try {
      NatsControlBus first = bus(server);
      first.outcome(Said.outcome(1));
      first.outcome(Said.outcome(2));
      first.stop(Duration.ofMillis(1));

      Audit audit = new Audit(server.connect());
      NatsControlBus second = bus(server);
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
