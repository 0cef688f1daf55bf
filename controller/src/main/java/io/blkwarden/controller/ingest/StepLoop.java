package io.blkwarden.controller.ingest;

import io.blkwarden.controller.step.Effect;
import io.blkwarden.controller.step.Input;
import io.blkwarden.controller.step.Moment;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.Subjects;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The brain's thread: takes a few inputs of each lane in turn, gives them to the step, and hands
 * its effects on; sleeps when there is nothing to do. While it sleeps, the thread that brings a
 * batch or a heartbeat is the brain for as long as that takes; see {@link Turn}.
 *
 * <p>An input on which the step fails is logged, counted and left out.
 */
public final class StepLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(StepLoop.class);
  private static final int CONTROL_PER_TURN = 32;
  private static final int SAMPLES_PER_TURN = 64;
  private static final long TICK_MILLIS = 1_000;
  private static final int QUESTIONS_MAX = 16;

  private final Lanes lanes;
  private final BiFunction<Input, Moment, List<Effect>> step;
  private final Consumer<Effect> effects;
  private final IntakeCounters counters;
  private final FaultLog faults;
  private final Subjects subjects;
  private final InstantSource wall;
  private final LongSupplier monotonicMillis;
  private final SampleFrame frame = new SampleFrame();
  private final BlockingQueue<Runnable> questions = new ArrayBlockingQueue<>(QUESTIONS_MAX);
  private Moment now;
  private int first;
  private @Nullable Error fault;
  private volatile boolean stopped;
  private volatile long turnedMillis;

  /**
   * A loop that is not running yet.
   *
   * @param step what decides
   * @param effects what carries out; must not wait
   * @param monotonicMillis a clock in ms that never steps
   */
  public StepLoop(
      Lanes lanes,
      BiFunction<Input, Moment, List<Effect>> step,
      Consumer<Effect> effects,
      IntakeCounters counters,
      Subjects subjects,
      InstantSource wall,
      LongSupplier monotonicMillis) {
    this.lanes = lanes;
    this.step = step;
    this.effects = effects;
    this.counters = counters;
    this.faults = new FaultLog(counters, wall);
    this.subjects = subjects;
    this.wall = wall;
    this.monotonicMillis = monotonicMillis;
    this.now = new Moment(monotonicMillis.getAsLong(), wall.instant());
    this.turnedMillis = now.monotonicMillis();
  }

  /** How long ago the last turn ended, in ms; more than some seconds if it hangs. */
  public long stillMillis() {
    return monotonicMillis.getAsLong() - turnedMillis;
  }

  /** Ends the loop as soon as there is nothing to do. */
  public void stop() {
    stopped = true;
    lanes.turn().ring();
  }

  /**
   * Lets a question be answered on the brain's thread while it has the turn, and so alone may look
   * at what is known; it must change nothing. At most {@link #QUESTIONS_MAX} wait; a further one
   * fails with {@link RejectedExecutionException}. Once the loop has ended nothing is answered.
   */
  public <T> CompletableFuture<T> ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    boolean taken =
        questions.offer(() -> {
          try {
            answer.complete(question.get());
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    if (!taken) {
      answer.completeExceptionally(new RejectedExecutionException("too many questions wait"));
    }
    lanes.turn().ring();
    return answer;
  }

  private void answerOne() {
    Runnable question = questions.poll();
    if (question != null) {
      question.run();
    }
  }

  @Override
  public void run() {
    for (int i = 0; i < lanes.count(); i++) {
      lanes.at(i).takenBy(this::takeHere);
    }
    long nextTick = monotonicMillis.getAsLong();
    boolean worked = true;
    while (worked || !stopped) {
      int rings = lanes.turn().rings();
      worked = round();
      answerOne();
      long time = monotonicMillis.getAsLong();
      turnedMillis = time;
      if (time >= nextTick) {
        handle(new Input.Tick());
        nextTick = time + TICK_MILLIS;
      }
      if (worked || stopped || !questions.isEmpty()) {
        lanes.turn().keep(rings);
      } else if (lanes.turn().giveBack(rings)) {
        lanes.turn().await(nextTick - time);
        if (fault != null) {
          throw fault;
        }
      }
    }
  }

  /**
   * Takes what is in a lane on the thread that laid it there, which has the turn: nothing was in
   * any lane before, and whatever comes meanwhile rings for itself. What breaks the brain there
   * breaks the brain's thread.
   */
  private void takeHere(Lane lane) {
    try {
      boolean _ = control(lane);
      boolean _ = samples(lane);
    } catch (Error e) {
      fault = e;
      lanes.turn().ring();
    }
  }

  /** Takes what is there, at most a turn of each lane; whether there was anything. */
  boolean round() {
    boolean worked = control(lanes.front());
    first = (first + 1) % lanes.count();
    for (int i = 0; i < lanes.count(); i++) {
      Lane lane = lanes.at((first + i) % lanes.count());
      worked |= control(lane);
      worked |= samples(lane);
    }
    for (HostId host = lanes.pollMarked(); host != null; host = lanes.pollMarked()) {
      counters.resyncs.increment();
      handle(new Input.Missed(host));
      worked = true;
    }
    return worked;
  }

  private boolean control(Lane lane) {
    for (int i = 0; i < CONTROL_PER_TURN; i++) {
      Input input = lane.poll();
      if (input == null) {
        return i > 0;
      }
      handle(input);
    }
    return true;
  }

  private boolean samples(Lane lane) {
    for (int i = 0; i < SAMPLES_PER_TURN; i++) {
      SampleSlot slot = lane.pollSamples();
      if (slot == null) {
        return i > 0;
      }
      byte[] batch = slot.take();
      if (batch == null) {
        continue;
      }
      switch (SampleCodec.decode(batch, frame)) {
        case Decoded.Ok<SampleFrame> ok -> handle(new Input.Sampled(slot.host(), ok.value()));
        case Decoded.Malformed<SampleFrame> bad ->
            faults.report(IntakeCounters.Kind.SAMPLE, subjects.sample(slot.host()), bad);
      }
    }
    return true;
  }

  private void handle(Input input) {
    counters.steps.increment();
    try {
      List<Effect> all = step.apply(input, moment());
      carryOut(all, Effect.Send.class::isInstance); // first: the others write lines into the log
      carryOut(all, effect -> !(effect instanceof Effect.Send));
    } catch (RuntimeException e) {
      counters.stepFailures.increment();
      log.error("the step failed on {}: {}", input.getClass().getSimpleName(), e.toString(), e);
    }
  }

  private void carryOut(List<Effect> all, Predicate<Effect> which) {
    for (Effect effect : all) {
      if (which.test(effect)) {
        try {
          effects.accept(effect);
        } catch (RuntimeException e) {
          log.error("{} could not be carried out: {}", effect, e.toString(), e);
        }
      }
    }
  }

  /** The moment, made anew each millisecond. */
  private Moment moment() {
    long millis = monotonicMillis.getAsLong();
    if (millis != now.monotonicMillis()) {
      now = new Moment(millis, wall.instant());
    }
    return now;
  }
}
