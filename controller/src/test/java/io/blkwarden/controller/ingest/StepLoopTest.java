package io.blkwarden.controller.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.step.Effect;
import io.blkwarden.controller.step.Input;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.Subjects;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
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

  private static byte[] batch() {
    SampleFrame frame = new SampleFrame();
    frame.identify(new UUID(5, 6), 1, 1, 1);
    frame.time(1_000, 1_000, 1_000);
    return SampleCodec.encode(frame);
  }

  @Test
  void whileTheLoopSleepsABatchIsTakenByTheThreadThatBringsIt() throws Exception {
    Lanes lanes = new Lanes();
    HostId host = new HostId("dom0-7");
    BlockingQueue<Thread> takers = new LinkedBlockingQueue<>();
    AtomicLong frozen = new AtomicLong();
    StepLoop loop =
        new StepLoop(
            lanes,
            (input, now) -> {
              if (input instanceof Input.Sampled) {
                takers.add(Thread.currentThread());
              }
              if (input instanceof Input.Beat) {
                throw new OutOfMemoryError("on purpose");
              }
              return List.of();
            },
            effect -> {},
            new IntakeCounters(),
            Subjects.DEFAULT,
            InstantSource.fixed(Messages.AT),
            frozen::get);
    BlockingQueue<Throwable> broken = new LinkedBlockingQueue<>();
    Thread thread = new Thread(loop, "loop under test");
    thread.setUncaughtExceptionHandler((_, fault) -> broken.add(fault));
    thread.start();
    await().atMost(BOUND).until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    boolean _ = new SampleSlot(host, lanes.of(host)).put(batch());
    assertThat(takers).containsExactly(Thread.currentThread());

    assertThat(lanes.of(host).offer(new Input.Beat(Messages.beat(host)), 0, 1)).isTrue();
    assertThat(broken.poll(BOUND.toSeconds(), TimeUnit.SECONDS))
        .as("it may have broken the brain, so it ends the loop")
        .isInstanceOf(OutOfMemoryError.class);
    thread.join(BOUND.toMillis());
    boolean _ = new SampleSlot(host, lanes.of(host)).put(batch());
    assertThat(takers).hasSize(1);
  }

  @Test
  void commandsAreSentBeforeAnythingIsWrittenOfThem() {
    HostId host = new HostId("dom0-7");
    Effect alert = new Effect.Publish(Messages.alert(1, Alert.State.FIRING));
    Effect command = new Effect.Send(Messages.command(2, host, 1_000));
    Effect map = new Effect.WantSnapshot(host);
    List<Effect> carriedOut = new ArrayList<>();
    Lanes lanes = new Lanes();
    lanes.put(new Input.ClaimLost());
    StepLoop loop =
        new StepLoop(
            lanes,
            (input, now) -> List.of(alert, command, map),
            carriedOut::add,
            new IntakeCounters(),
            Subjects.DEFAULT,
            InstantSource.fixed(Messages.AT),
            () -> 0L);

    assertThat(loop.round()).isTrue();
    assertThat(carriedOut).containsExactly(command, alert, map);
  }

  @Test
  void aLoopThatHangsIsSeen() throws Exception {
    Lanes lanes = new Lanes();
    AtomicLong clock = new AtomicLong(1_000);
    CountDownLatch hung = new CountDownLatch(1);
    CountDownLatch freed = new CountDownLatch(1);
    StepLoop loop =
        new StepLoop(
            lanes,
            (input, now) -> {
              if (input instanceof Input.Claimed) {
                hung.countDown();
                awaitQuietly(freed);
              }
              return List.of();
            },
            effect -> {},
            new IntakeCounters(),
            Subjects.DEFAULT,
            InstantSource.fixed(Messages.AT),
            clock::get);
    Thread thread = new Thread(loop, "loop under test");
    thread.start();
    lanes.put(new Input.Claimed(1));
    hung.await();
    clock.addAndGet(20_000);
    assertThat(loop.stillMillis()).isEqualTo(20_000);

    freed.countDown();
    await().atMost(BOUND).until(() -> loop.stillMillis() == 0);
    loop.stop();
    thread.join(BOUND.toMillis());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
