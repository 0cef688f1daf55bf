package io.blkwarden.controller.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TurnTest {
  private static final int THREADS = 4;
  private static final int RINGS = 20_000;

  private final Turn turn = new Turn();
  private final AtomicInteger waiting = new AtomicInteger();
  private int looks;

  /** Brings one thing, which whoever has the turn takes; {@link #looks} tells two at once. */
  private void bring(boolean small) {
    waiting.incrementAndGet();
    if (small) {
      turn.ring(this::take);
    } else {
      turn.ring();
    }
  }

  private void take() {
    int before = looks;
    while (waiting.get() > 0) {
      waiting.decrementAndGet();
    }
    looks = before + 1;
  }

  /** The brain's thread, until so many looks were made and nothing waits. */
  private Thread brain(AtomicInteger own, AtomicInteger done) {
    Thread thread =
        new Thread(() -> {
          while (done.get() < THREADS || waiting.get() > 0) {
            int rings = turn.rings();
            take();
            own.incrementAndGet();
            if (turn.giveBack(rings)) {
              turn.await(10);
            }
          }
        });
    thread.start();
    return thread;
  }

  @Test
  void oneThreadAtATimeHasItAndNothingThatIsBroughtIsLeft() throws InterruptedException {
    AtomicInteger own = new AtomicInteger();
    AtomicInteger here = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    Thread brain = brain(own, done);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          new Thread(() -> {
            for (int ring = 0; ring < RINGS; ring++) {
              if (ring % 3 == 0) {
                bring(false);
              } else {
                waiting.incrementAndGet();
                turn.ring(() -> {
                  take();
                  here.incrementAndGet();
                });
              }
            }
            done.incrementAndGet();
          }));
    }
    threads.forEach(Thread::start);
    for (Thread each : threads) {
      each.join();
    }
    brain.join();

    assertThat(waiting).hasValue(0);
    assertThat(looks).as("none was lost, as two at once would").isEqualTo(own.get() + here.get());
  }

  @Test
  void whoBringsSmallWorkDoesItOnceTheBrainHasGivenTheTurnBack() {
    bring(true);
    assertThat(looks).as("the brain's thread has it from the start").isZero();

    assertThat(turn.giveBack(turn.rings())).isTrue();
    bring(true);
    assertThat(looks).isEqualTo(1);
    bring(false);
    bring(true);
    assertThat(looks).as("it was rung for, and has it").isEqualTo(1);
    turn.await(60_000);
    assertThat(turn.giveBack(turn.rings())).isTrue();
  }

  @Test
  void whatComesMeanwhileAndWhatFailsIsLeftToTheBrain() {
    assertThat(turn.giveBack(turn.rings())).isTrue();
    turn.ring(() -> bring(true));
    assertThat(looks).isZero();
    turn.await(60_000);
    assertThat(turn.giveBack(turn.rings())).isTrue();

    Runnable failing =
        () -> {
          throw new IllegalStateException("on purpose");
        };
    assertThatThrownBy(() -> turn.ring(failing)).hasMessage("on purpose");
    turn.await(60_000);
    assertThat(turn.rings()).isEqualTo(1);
  }

  @Test
  void whoIsBusyForLongCountsNoRingForEver() {
    for (int ring = 0; ring < 1_000; ring++) {
      bring(true);
    }
    turn.keep(turn.rings());
    assertThat(turn.rings()).isEqualTo(1);
    bring(true);
    assertThat(looks).as("it was kept").isZero();
    assertThat(turn.giveBack(turn.rings())).isTrue();
  }

  @Test
  void itIsTakenWhenTheTimeIsOver() {
    assertThat(turn.giveBack(turn.rings())).isTrue();
    turn.await(1);
    bring(true);

    assertThat(looks).isZero();
  }
}
