package io.blkwarden.controller.ingest;

import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.EngineCore;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.engine.Moment;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
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
 * Runs the engine, one input at a time, on the thread that brings the input.
 *
 * <p>If a step throws, the effects before the exception are kept, because the state has changed
 * accordingly, and the host is resynchronised. The failure is counted, and logged with its input.
 */
public final class EngineRunner {
  private static final Logger log = LoggerFactory.getLogger(EngineRunner.class);

  private final EngineCore core;
  private final FleetIntake intake;
  private final InstantSource wall;
  private final LongSupplier monotonicMillis;
  private final Consumer<Input> seen;
  private final Consumer<Throwable> broken;
  private final SampleFrame frame = new SampleFrame();
  private Moment now;
  private volatile boolean hasFailed;
  private volatile long processedMillis;

  /**
   * Creates a runner.
   *
   * @param monotonicMillis a monotonic clock in ms
   * @param seen receives each input after its step
   * @param broken receives an {@link Error}, after which no input is processed
   */
  public EngineRunner(
      EngineCore core,
      FleetIntake intake,
      InstantSource wall,
      LongSupplier monotonicMillis,
      Consumer<Input> seen,
      Consumer<Throwable> broken) {
    this.core = core;
    this.intake = intake;
    this.wall = wall;
    this.monotonicMillis = monotonicMillis;
    this.seen = seen;
    this.broken = broken;
    this.now = new Moment(monotonicMillis.getAsLong(), wall.instant());
    this.processedMillis = now.monotonicMillis();
  }

  /** Whether an {@link Error} stopped the engine. */
  public boolean hasFailed() {
    return hasFailed;
  }

  /** Time since the last input, in ms; more than some seconds if the engine hangs. */
  public long idleMillis() {
    return monotonicMillis.getAsLong() - processedMillis;
  }

  /**
   * Processes an input; returns its effects, commands first, because the others may take longer.
   */
  public List<Effect> process(EngineInput next) {
    if (hasFailed) {
      return List.of();
    }
    try {
      return switch (next) {
        case EngineInput.Single single -> {
          intake.release(single);
          yield commandsFirst(step(single.input()));
        }
        case EngineInput.Batches batches -> batches(batches.from());
        case EngineInput.Query query -> {
          query.answer().run();
          yield List.of();
        }
      };
    } catch (RuntimeException e) { // an error signal would end the flow
      failed(next.getClass().getSimpleName(), e);
      return List.of();
    } catch (Error e) { // the state may be corrupt
      hasFailed = true;
      broken.accept(e);
      return List.of();
    } finally {
      processedMillis = monotonicMillis.getAsLong();
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
        intake.malformedSample(slot.host(), bad);
        yield List.of();
      }
    };
  }

  private List<Effect> step(Input input) {
    intake.counters().steps.increment();
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
    intake.counters().stepFailures.increment();
    log.error("engine: step failed, input={}: {}", what, e.toString(), e);
  }

  private static List<Effect> commandsFirst(List<Effect> effects) {
    if (effects.size() < 2) {
      return effects;
    }
    List<Effect> sorted = new ArrayList<>(effects);
    sorted.sort(Comparator.comparing((Effect each) -> !(each instanceof Effect.SendCommand)));
    return sorted;
  }

  /** The current moment, cached for a millisecond. */
  private Moment moment() {
    long millis = monotonicMillis.getAsLong();
    if (millis != now.monotonicMillis()) {
      now = new Moment(millis, wall.instant());
    }
    return now;
  }
}
