package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.bus.SharedState.LeadershipState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

final class SharedStatesTest {
  private static final Duration WITHIN = Duration.ofSeconds(5);

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final SharedStates shared = new SharedStates(time);

  @AfterEach
  void dispose() {
    time.dispose();
  }

  private static SharedState state(long number) {
    return new LeadershipState(new Leadership.Leading(number));
  }

  @Test
  void theyComeInOrderAtThePaceOfTheSubscriber() {
    for (int i = 0; i < 3; i++) {
      assertThat(shared.tell(state(i))).isTrue();
    }
    StepVerifier.withVirtualTime(shared::flow, () -> time, 0)
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
  void aRevisionIsReachedAfterTheSubscriberHasItAndNotBefore() {
    List<String> seen = new ArrayList<>();
    shared.tell(state(1), 7);
    Mono<Void> reached = shared.reaches(7, WITHIN).doOnSuccess(_ -> seen.add("reached"));
    StepVerifier.withVirtualTime(
            () -> {
              var _ = shared.flow().subscribe(_ -> seen.add("state"));
              return reached;
            },
            () -> time,
            Long.MAX_VALUE)
        .thenAwait()
        .verifyComplete();
    assertThat(seen).containsExactly("state", "reached");
  }

  @Test
  void aRevisionThatDoesNotComeTimesOutAndOneOfABucketBeforeDoesNotCount() {
    var _ = shared.flow().subscribe();
    shared.tell(state(1), 7);
    time.advanceTime();
    shared.restart();
    StepVerifier.withVirtualTime(() -> shared.reaches(7, WITHIN), () -> time, Long.MAX_VALUE)
        .thenAwait(WITHIN)
        .verifyError(TimeoutException.class);
  }

  @Test
  void atTheBoundItRefuses() {
    for (int i = 0; i < SharedStates.WAITING; i++) {
      assertThat(shared.tell(state(i))).isTrue();
    }
    assertThat(shared.tell(state(0))).isFalse();
  }
}
