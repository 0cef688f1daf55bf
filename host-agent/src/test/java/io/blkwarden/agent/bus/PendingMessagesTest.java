package io.blkwarden.agent.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.bus.PendingMessages.Kind;
import io.blkwarden.agent.bus.PendingMessages.Reply;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

final class PendingMessagesTest {
  /** A journal in memory. */
  private static final class Kept implements OutcomeJournal {
    final List<Outcome> outcomes = new ArrayList<>();

    @Override
    public List<Outcome> load() {
      return List.copyOf(outcomes);
    }

    @Override
    public Optional<String> add(Outcome outcome) {
      outcomes.add(outcome);
      return Optional.empty();
    }

    @Override
    public Optional<String> retain(List<Outcome> waiting) {
      outcomes.retainAll(waiting);
      return Optional.empty();
    }
  }

  private final Kept journal = new Kept();
  private final PendingMessages pending = new PendingMessages(journal);

  private long dropped(String kind) {
    return pending.health().drops().getOrDefault(kind, 0L);
  }

  @Test
  void samplesAreDroppedWhileDisconnected() {
    pending.sample(new byte[] {1});
    assertThat(dropped("samples")).isEqualTo(1);
    assertThat(pending.takeSamples()).isNull();

    pending.up(0);
    pending.sample(new byte[] {2});
    pending.sample(new byte[] {3});
    assertThat(pending.takeSamples()).containsExactly(3);
    assertThat(pending.takeSamples()).isNull();
    assertThat(dropped("samples")).isEqualTo(2);

    pending.sample(new byte[] {4});
    pending.down("gone");
    assertThat(dropped("samples")).isEqualTo(3);
    pending.up(0);
    assertThat(pending.takeSamples()).isNull();
  }

  @Test
  void eventsStayUntilTheyArePublished() {
    pending.mapping(TestMessages.started(1));
    pending.mapping(TestMessages.started(2));
    assertThat(pending.batch()).containsExactly(TestMessages.started(1), TestMessages.started(2));
    assertThat(pending.batch()).hasSize(2);

    pending.published(List.of(TestMessages.started(1)));

    assertThat(pending.batch()).containsExactly(TestMessages.started(2));
  }

  @Test
  void oldestEventIsDroppedAtTheLimit() {
    for (int n = 1; n <= PendingMessages.MAX_EVENTS + 5; n++) {
      pending.mapping(TestMessages.started(n));
    }

    assertThat(pending.batch().getFirst()).isEqualTo(TestMessages.started(6));
    assertThat(pending.batch()).hasSize(PendingMessages.MAX_BATCH);
    assertThat(dropped("mapping_events")).isEqualTo(5);
  }

  @Test
  void snapshotReplacesAnEarlierOne() {
    pending.mapping(TestMessages.snapshot(0));
    pending.mapping(TestMessages.started(1));
    pending.mapping(TestMessages.snapshot(1));

    assertThat(pending.batch()).containsExactly(TestMessages.started(1), TestMessages.snapshot(1));
  }

  @Test
  void outcomeIsTakenOncePerConnection() {
    pending.up(0);
    pending.outcome(TestMessages.outcome(1));
    pending.outcome(TestMessages.outcome(2));
    assertThat(pending.takeOutcome()).isEqualTo(TestMessages.outcome(1));
    assertThat(pending.takeOutcome()).isEqualTo(TestMessages.outcome(2));
    assertThat(pending.takeOutcome()).isNull();
    pending.stored(TestMessages.id(1));

    pending.down("gone");
    pending.up(0);

    assertThat(pending.takeOutcome()).isEqualTo(TestMessages.outcome(2));
    assertThat(pending.takeOutcome()).isNull();
  }

  @Test
  void oldestOutcomeIsDroppedAtTheLimit() {
    for (int n = 0; n <= PendingMessages.MAX_OUTCOMES; n++) {
      pending.outcome(TestMessages.outcome(n));
    }

    assertThat(pending.takeOutcome()).isEqualTo(TestMessages.outcome(1));
    assertThat(dropped("outcomes")).isEqualTo(1);
  }

  @Test
  void outcomeIsInTheJournalUntilAllAreStored() {
    List<Outcome> onDiskWhenTold = new ArrayList<>();
    StepVerifier.create(
            pending.signals(Kind.OUTCOME).doOnNext(_ -> onDiskWhenTold.addAll(journal.outcomes)))
        .expectNext(Kind.OUTCOME)
        .then(() -> pending.outcome(TestMessages.outcome(1)))
        .expectNext(Kind.OUTCOME)
        .then(() -> assertThat(onDiskWhenTold).containsExactly(TestMessages.outcome(1)))
        .then(() -> pending.outcome(TestMessages.outcome(2)))
        .expectNext(Kind.OUTCOME)
        .thenCancel()
        .verify();

    pending.stored(TestMessages.id(1));
    assertThat(journal.outcomes).as("compacted when nothing is pending").hasSize(2);
    pending.stored(TestMessages.id(2));
    assertThat(journal.outcomes).isEmpty();
  }

  @Test
  void outcomesOfAnEarlierRunComeFirst() {
    journal.outcomes.add(TestMessages.outcome(1));
    pending.load();
    pending.outcome(TestMessages.outcome(2));

    assertThat(pending.takeOutcome()).isEqualTo(TestMessages.outcome(1));
    assertThat(pending.takeOutcome()).isEqualTo(TestMessages.outcome(2));
  }

  @Test
  void oldestReplyIsDroppedAtTheLimit() {
    pending.reply("_INBOX.lost", TestMessages.outcome(0));
    pending.up(0);
    IntStream.rangeClosed(1, PendingMessages.MAX_REPLIES + 1)
        .forEach(n -> pending.reply("_INBOX.x", TestMessages.outcome(n)));

    assertThat(pending.takeReply()).isEqualTo(new Reply("_INBOX.x", TestMessages.outcome(2)));
    assertThat(dropped("replies")).isEqualTo(2);
  }

  @Test
  void pendingSignalsAreConflated() {
    StepVerifier.create(pending.signals(Kind.HEARTBEAT), 0)
        .then(
            () -> IntStream.range(0, 1_000).forEach(n -> pending.mapping(TestMessages.started(n))))
        .thenRequest(1)
        .expectNext(Kind.HEARTBEAT)
        .thenCancel()
        .verify();
    StepVerifier.create(pending.signals(Kind.MAPPING), 0)
        .then(
            () -> IntStream.range(0, 1_000).forEach(n -> pending.mapping(TestMessages.started(n))))
        .thenRequest(Long.MAX_VALUE)
        .expectNext(Kind.MAPPING)
        .expectNoEvent(Duration.ofMillis(1))
        .thenCancel()
        .verify();
  }
}
