package io.blkwarden.controller.ingest;

import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.EngineCore;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.engine.Moment;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.Subjects;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the step: one input at a time, on whichever thread brings it.
 *
 * <p>A step that throws loses nothing: what it decided before it threw is carried out, for it has
 * changed its state accordingly, and what is known of the host is taken anew. It is counted, and
 * logged with its input.
 */
public final class EngineRunner {
  private static final Logger log = LoggerFactory.getLogger(EngineRunner.class);

  private final EngineCore core;
  private final IntakeCounters counters;
  private final Backlog backlog;
  private final FleetIntake intake;
  private final Subjects subjects;
  private final InstantSource wall;
  private final LongSupplier monotonicMillis;
  private final Consumer<Input> seen;
  private final Consumer<Throwable> broken;
  private final SampleFrame frame = new SampleFrame();
  private Moment now;
  private volatile boolean hasFailed;
  private volatile long takenMillis;

  /**
   * An engine that took nothing yet.
   *
   * @param monotonicMillis a clock in ms that never steps
   * @param seen sees each input once the step has taken it
   * @param broken hears of an {@link Error}, after which nothing is taken any more
   */
  public EngineRunner(
      EngineCore core,
      IntakeCounters counters,
      Backlog backlog,
      FleetIntake intake,
      Subjects subjects,
      InstantSource wall,
      LongSupplier monotonicMillis,
      Consumer<Input> seen,
      Consumer<Throwable> broken) {
    this.core = core;
    this.counters = counters;
    this.backlog = backlog;
    this.intake = intake;
    this.subjects = subjects;
    this.wall = wall;
    this.monotonicMillis = monotonicMillis;
    this.seen = seen;
    this.broken = broken;
    this.now = new Moment(monotonicMillis.getAsLong(), wall.instant());
    this.takenMillis = now.monotonicMillis();
  }

  /** Whether an {@link Error} ended it. */
  public boolean hasFailed() {
    return hasFailed;
  }

  /** How long ago it last took something, in ms; more than some seconds if it hangs. */
  public long idleMillis() {
    return monotonicMillis.getAsLong() - takenMillis;
  }

  /** Takes what is next; returns what is to be done, commands first: the rest may take longer. */
  public List<Effect> process(EngineInput next) {
    if (hasFailed) {
      return List.of();
    }
    try {
      return switch (next) {
        case EngineInput.Single one -> {
          if (one.host() != null) {
            backlog.release(one.host(), one.bytes());
          }
          yield commandsFirst(step(one.input()));
        }
        case EngineInput.Batches batches -> batches(batches.from());
        case EngineInput.Query query -> {
          query.answer().run();
          yield List.of();
        }
      };
    } catch (RuntimeException e) { // a value from here on, or it would end the flow
      failed(next.getClass().getSimpleName(), e);
      return List.of();
    } catch (Error e) { // state may be broken, and without memory nothing can be mended
      hasFailed = true;
      broken.accept(e);
      return List.of();
    } finally {
      takenMillis = monotonicMillis.getAsLong();
    }
  }

  private List<Effect> batches(LatestBatches from) {
    List<Effect> all = List.of();
    for (int i = 0; i < LatestBatches.ROUND; i++) {
      LatestBatches.Slot slot = from.poll();
      if (slot == null) {
        break;
      }
      List<Effect> some = batch(slot);
      if (!some.isEmpty()) {
        all = all.isEmpty() ? new ArrayList<>() : all;
        all.addAll(some);
      }
    }
    from.endRound();
    return commandsFirst(all);
  }

  private List<Effect> batch(LatestBatches.Slot slot) {
    byte @Nullable [] batch = slot.latest().getAndSet(null);
    if (batch == null) {
      return List.of();
    }
    return switch (SampleCodec.decode(batch, frame)) {
      case Decoded.Ok<SampleFrame> ok -> step(new Input.SampleBatch(slot.host(), ok.value()));
      case Decoded.Malformed<SampleFrame> bad -> {
        intake.malformedSample(subjects.sample(slot.host()), bad);
        yield List.of();
      }
    };
  }

  private List<Effect> step(Input input) {
    counters.steps.increment();
    List<Effect> effects;
    try {
      effects = core.step(input, moment());
    } catch (RuntimeException e) {
      failed(input.getClass().getSimpleName(), e);
      effects = core.recover(input);
    }
    seen.accept(input);
    return effects;
  }

  private void failed(String what, RuntimeException e) {
    counters.stepFailures.increment();
    log.error("the step failed on {}: {}", what, e.toString(), e);
  }

  private static List<Effect> commandsFirst(List<Effect> effects) {
    if (effects.size() < 2) {
      return effects;
    }
    List<Effect> sorted = new ArrayList<>(effects);
    sorted.sort(Comparator.comparing((Effect each) -> !(each instanceof Effect.SendCommand)));
    return sorted;
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
