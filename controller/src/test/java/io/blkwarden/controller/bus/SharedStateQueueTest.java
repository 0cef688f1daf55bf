package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.bus.FleetBus.SharedState.LeadershipChanged;
import io.blkwarden.controller.leader.Leadership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

final class SharedStateQueueTest {
  private static final Duration WITHIN = Duration.ofSeconds(5);

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final SharedStateQueue shared = new SharedStateQueue(time);

  @AfterEach
  void dispose() {
    time.dispose();
  }

  private static FleetBus.SharedState state(long number) {
    return new LeadershipChanged(new Leadership.Leading(number));
  }

  @Test
  void emitsInOrderOnDemand() {
    for (int i = 0; i < 3; i++) {
      assertThat(shared.offer(state(i))).isTrue();
    }
    StepVerifier.withVirtualTime(shared::states, () -> time, 0)
        .thenRequest(1)
        .thenAwait()
        .expectNext(state(0))
        .expectNoEvent(Duration.ofMinutes(1))
        .thenRequest(2)
        .thenAwait()
        .expectNext(state(1), state(2))
        .thenCancel()
        .verify();
  }

  @Test
  void awaitRevisionCompletesAfterTheSubscriberReceivedIt() {
    List<String> seen = new ArrayList<>();
    shared.offer(state(1), 7);
    Mono<Void> reached = shared.awaitRevision(7, WITHIN).doOnSuccess(_ -> seen.add("reached"));
    StepVerifier.withVirtualTime(
            () -> {
              var _ = shared.states().subscribe(_ -> seen.add("state"));
              return reached;
            },
            () -> time,
            Long.MAX_VALUE)
        .thenAwait()
        .verifyComplete();
    assertThat(seen).containsExactly("state", "reached");
  }

  @Test
  void awaitRevisionTimesOutAndIgnoresRevisionsBeforeAReset() {
    var _ = shared.states().subscribe();
    shared.offer(state(1), 7);
    time.advanceTime();
    shared.resetRevision();
    StepVerifier.withVirtualTime(() -> shared.awaitRevision(7, WITHIN), () -> time, Long.MAX_VALUE)
        .thenAwait(WITHIN)
        .verifyError(TimeoutException.class);
  }

  @Test
  void refusesWhenFull() {
    for (int i = 0; i < SharedStateQueue.MAX_SIZE; i++) {
      assertThat(shared.offer(state(i))).isTrue();
    }
    assertThat(shared.offer(state(0))).isFalse();
  }
}
