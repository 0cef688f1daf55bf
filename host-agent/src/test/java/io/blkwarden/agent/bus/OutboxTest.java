package io.blkwarden.agent.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutboxTest {
  private final Outbox outbox = new Outbox();
  private long now = 1_000;

  @Test
  void samplesAreForNowOrNever() {
    outbox.sample(new byte[] {1});
    assertThat(outbox.drops()).containsEntry("samples", 1L);

    outbox.connected(true);
    outbox.sample(new byte[] {2});
    outbox.sample(new byte[] {3});

    assertThat(outbox.next(now))
        .isInstanceOfSatisfying(
            Work.Samples.class, work -> assertThat(work.batch()).containsExactly(3));
    assertThat(outbox.next(now)).isInstanceOf(Work.Idle.class);
    assertThat(outbox.drops()).containsEntry("samples", 2L);

    outbox.sample(new byte[] {4});
    outbox.connected(false);
    assertThat(outbox.drops()).containsEntry("samples", 3L);
  }

  @Test
  void eventsStayUntilTheyAreConfirmed() {
    outbox.connected(true);
    outbox.event(Said.started(1));
    outbox.event(Said.started(2));

    Work first = outbox.next(now);
    assertThat(first).isEqualTo(new Work.Events(List.of(Said.started(1), Said.started(2))));
    outbox.notSent(now);
    assertThat(outbox.next(now)).as("not at once again").isInstanceOf(Work.Idle.class);
    now += 250;
    assertThat(outbox.next(now)).isEqualTo(first);
    outbox.sent(List.of(Said.started(1), Said.started(2)));

    assertThat(outbox.next(now)).isInstanceOf(Work.Idle.class);
    assertThat(outbox.settled()).isTrue();
  }

  @Test
  void theOldestEventsGiveWayAtTheBound() {
    for (int n = 1; n <= Outbox.MAX_EVENTS + 5; n++) {
      outbox.event(Said.started(n));
    }
    outbox.connected(true);

    assertThat(((Work.Events) outbox.next(now)).events().getFirst()).isEqualTo(Said.started(6));
    assertThat(outbox.drops()).containsEntry("mapping_events", 5L);
  }

  @Test
  void aSnapshotTakesThePlaceOfAnEarlierOne() {
    outbox.event(Said.snapshot(0));
    outbox.event(Said.started(1));
    outbox.event(Said.snapshot(1));
    outbox.connected(true);

    List<MappingEvent> events = ((Work.Events) outbox.next(now)).events();
    assertThat(events).containsExactly(Said.started(1), Said.snapshot(1));
    outbox.sent(events);
    assertThat(outbox.next(now)).isEqualTo(new Work.Keep(Said.snapshot(1)));
    outbox.kept((MappingSnapshot) events.getLast());

    assertThat(outbox.next(now)).isInstanceOf(Work.Idle.class);
  }

  @Test
  void aBucketThatIsNotThereIsTriedAgain() {
    outbox.event(Said.snapshot(0));
    outbox.connected(true);
    outbox.sent(((Work.Events) outbox.next(now)).events());
    assertThat(outbox.next(now)).isInstanceOf(Work.Keep.class);

    outbox.notKept(now);

    assertThat(outbox.next(now)).isEqualTo(new Work.Idle(5_000));
    now += 5_000;
    assertThat(outbox.next(now)).isInstanceOf(Work.Keep.class);
  }

  @Test
  void outcomesStayUntilTheyAreRecorded() {
    outbox.connected(true);
    outbox.outcome(Said.outcome(1));
    assertThat(outbox.next(now)).isEqualTo(new Work.Audit(Said.outcome(1)));
    assertThat(outbox.next(now)).as("under way").isEqualTo(new Work.Idle(5_000));

    outbox.connected(false);
    outbox.connected(true);
    assertThat(outbox.next(now)).as("again").isEqualTo(new Work.Audit(Said.outcome(1)));
    outbox.notRecorded(Said.id(1), now);
    assertThat(outbox.next(now)).isEqualTo(new Work.Idle(250));
    now += 250;
    assertThat(outbox.next(now)).isEqualTo(new Work.Audit(Said.outcome(1)));
    now += 5_000;
    assertThat(outbox.next(now)).as("never answered").isInstanceOf(Work.Audit.class);
    outbox.recorded(Said.id(1));

    assertThat(outbox.settled()).isTrue();
  }

  @Test
  void onlySoManyOutcomesAreUnderWay() {
    outbox.connected(true);
    for (int n = 0; n < Outbox.MAX_UNDER_WAY + 1; n++) {
      outbox.outcome(Said.outcome(n));
    }
    List<Work> works = new ArrayList<>();
    for (Work work = outbox.next(now); !(work instanceof Work.Idle); work = outbox.next(now)) {
      works.add(work);
    }

    assertThat(works).hasSize(Outbox.MAX_UNDER_WAY);
    outbox.recorded(Said.id(0));
    assertThat(outbox.next(now)).isEqualTo(new Work.Audit(Said.outcome(Outbox.MAX_UNDER_WAY)));
  }

  @Test
  void theOldestOutcomeIsGivenUpAtTheBound() {
    for (int n = 0; n <= Outbox.MAX_OUTCOMES; n++) {
      outbox.outcome(Said.outcome(n));
    }
    outbox.connected(true);

    assertThat(outbox.next(now)).isEqualTo(new Work.Audit(Said.outcome(1)));
    assertThat(outbox.drops()).containsEntry("outcomes", 1L);
  }

  @Test
  void anAnswerGoesFirst() {
    outbox.connected(true);
    outbox.sample(new byte[] {1});
    outbox.event(Said.started(1));
    outbox.outcome(Said.outcome(1));
    outbox.reply("_INBOX.x", Said.outcome(2));

    assertThat(outbox.next(now)).isEqualTo(new Work.Reply("_INBOX.x", Said.outcome(2)));
    assertThat(outbox.next(now)).isEqualTo(new Work.Audit(Said.outcome(1)));
    assertThat(outbox.next(now)).isInstanceOf(Work.Events.class);
  }

  @Test
  void theOldestAnswersGiveWayAtTheBound() {
    outbox.reply("_INBOX.lost", Said.outcome(0));
    outbox.connected(true);
    for (int n = 1; n <= Outbox.MAX_REPLIES + 1; n++) {
      outbox.reply("_INBOX.x", Said.outcome(n));
    }

    assertThat(outbox.next(now)).isEqualTo(new Work.Reply("_INBOX.x", Said.outcome(2)));
    assertThat(outbox.drops()).containsEntry("replies", 2L);
  }

  @Test
  void retriesAreSpacedOutUpToABound() {
    Retry retry = new Retry(250, 1_000);
    List<Long> delays = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      retry.failed(now);
      retry.failed(now);
      delays.add(retry.atMillis() - now);
      now = retry.atMillis();
    }

    assertThat(delays).containsExactly(250L, 500L, 1_000L, 1_000L);
  }
}
