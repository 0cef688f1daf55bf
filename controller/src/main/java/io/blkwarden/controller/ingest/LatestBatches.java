package io.blkwarden.controller.ingest;

import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.snapshot.ControllerCounters.Kind;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.sample.SampleCodec;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;

/**
 * Conflates samples: only the latest batch of each host waits, undecoded; replaced ones are
 * counted.
 *
 * <p>Waiting batches are signalled once. A signal covers at most {@link #ROUND} batches, and the
 * next signal comes from the scheduler. So the thread that brings a batch to an idle engine
 * processes it, because a thread switch costs more than most batches do, but does not process those
 * of all hosts.
 */
public final class LatestBatches {
  /** Most hosts; samples of further hosts are refused and counted. */
  public static final int MAX_HOSTS = 65_536;

  /** Most batches of a signal, so that other inputs need not wait for all batches. */
  static final int ROUND = 16;

  /**
   * A host and its waiting batch.
   *
   * @param latest batch; null after it was taken
   */
  record Slot(HostId host, AtomicReference<byte @Nullable []> latest) {}

  private static final Logger log = LoggerFactory.getLogger(LatestBatches.class);

  private final FleetIntake intake;
  private final ControllerCounters counters;
  private final Scheduler scheduler;
  private final Map<String, Slot> slots = new ConcurrentHashMap<>();
  private final Queue<Slot> ready = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private volatile @Nullable FluxSink<EngineInput> signals;

  /**
   * Creates an empty set.
   *
   * @param intake checks the subjects
   * @param scheduler emits all signals but the first
   */
  public LatestBatches(FleetIntake intake, Scheduler scheduler) {
    this.intake = intake;
    this.counters = intake.counters();
    this.scheduler = scheduler;
  }

  /** Collects samples and emits signals, one at a time. */
  public Flux<EngineInput> signals(Flux<BusMessage> samples) {
    return Flux.create(sink -> {
      signals = sink;
      sink.onDispose(samples.subscribe(this::addGuarded, sink::error, sink::complete));
    });
  }

  /** Removes a host, until it publishes again. */
  public void remove(HostId host) {
    slots.remove(intake.subjects().sample(host));
  }

  private void addGuarded(BusMessage message) {
    try {
      add(message);
    } catch (RuntimeException e) {
      log.error("samples: batch on {} not processed: {}", message.subject(), e.toString(), e);
    }
  }

  private void add(BusMessage message) {
    ControllerCounters.increment(counters.received, Kind.SAMPLE);
    Slot slot = slots.get(message.subject());
    if (slot == null) {
      slot = newSlot(message.subject());
    }
    if (slot == null) {
      return;
    }
    if (message.payload().length > SampleCodec.MAX_BYTES) {
      intake.malformedSample(
          slot.host(),
          new Decoded.Malformed<>(
              Decoded.Reason.TOO_LARGE, 0, "found %d bytes".formatted(message.payload().length)));
    } else if (slot.latest().getAndSet(message.payload()) != null) {
      counters.conflated.increment();
    } else {
      ready.add(slot);
      signal(signals);
    }
  }

  private @Nullable Slot newSlot(String subject) {
    HostId host = intake.hostOfSample(subject);
    if (host == null) {
      return null;
    }
    if (slots.size() >= MAX_HOSTS) {
      counters.hostsRefused.increment();
      return null;
    }
    return slots.computeIfAbsent(subject, _ -> new Slot(host, new AtomicReference<>()));
  }

  private void signal(@Nullable FluxSink<EngineInput> to) {
    if (to != null && signalled.compareAndSet(false, true)) {
      to.next(new EngineInput.Batches(this));
    }
  }

  /** The next host with a waiting batch, or none. */
  @Nullable Slot poll() {
    return ready.poll();
  }

  /** Ends a signal; remaining batches get another. */
  void endRound() {
    signalled.set(false);
    if (!ready.isEmpty()) {
      scheduler.schedule(() -> signal(signals));
    }
  }
}
