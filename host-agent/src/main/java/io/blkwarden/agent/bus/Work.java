package io.blkwarden.agent.bus;

import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.util.List;

/** What the sending thread is to do next. */
sealed interface Work {
  /** Answer a command. */
  record Reply(String to, Outcome outcome) implements Work {}

  /** Put an outcome on record; it stays in the outbox until that is confirmed. */
  record Audit(Outcome outcome) implements Work {}

  /** Send these in order; they stay in the outbox until the server has them. */
  record Events(List<MappingEvent> events) implements Work {}

  /** Put the snapshot into the bucket; it stays in the outbox until that is confirmed. */
  record Keep(MappingSnapshot snapshot) implements Work {}

  /** Send a sign of life. */
  record Beat(Heartbeat heartbeat) implements Work {}

  /** Send samples. */
  final class Samples implements Work {
    private final byte[] batch;

    Samples(byte[] batch) {
      this.batch = batch;
    }

    byte[] batch() {
      return batch;
    }
  }

  /** Nothing is due for so long, unless something is added. */
  record Idle(long millis) implements Work {}
}
