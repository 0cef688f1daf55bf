package io.blkwarden.controller.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.step.Input;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.subject.Subjects;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class StepLoopTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  @Test
  void aSleepingLoopWakesForEachInputAndEndsWhenToldTo() throws Exception {
    Lanes lanes = new Lanes();
    BlockingQueue<Input> taken = new LinkedBlockingQueue<>();
    AtomicLong frozen = new AtomicLong(); // time stands still: no tick wakes it but the first
    StepLoop loop =
        new StepLoop(
            lanes,
            (input, now) -> {
              taken.add(input);
              return List.of();
            },
            effect -> {},
            new IntakeCounters(),
            Subjects.DEFAULT,
            InstantSource.fixed(Messages.AT),
            frozen::get);
    Thread thread = new Thread(loop, "loop under test");
    thread.start();
    assertThat(taken.poll(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new Input.Tick());
    for (int i = 0; i < 2_000; i++) {
      lanes.put(new Input.Claimed(i));
      assertThat(taken.poll(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new Input.Claimed(i));
    }

    assertThat(loop.ask(() -> Thread.currentThread().getName()).get()).isEqualTo("loop under test");
    assertThat(loop.ask(() -> taken.remove())) // which fails, and does not end the loop
        .failsWithin(BOUND)
        .withThrowableThat()
        .withCauseInstanceOf(NoSuchElementException.class);

    loop.stop();
    thread.join(BOUND.toMillis());
    assertThat(thread.isAlive()).isFalse();
    for (int i = 0; i < 16; i++) {
      assertThat(loop.ask(() -> "never")).isNotDone();
    }
    assertThat(loop.ask(() -> "one too many")).isCompletedExceptionally();
  }
}
