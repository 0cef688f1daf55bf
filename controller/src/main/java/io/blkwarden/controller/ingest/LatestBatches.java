package io.blkwarden.controller.ingest;

import io.blkwarden.controller.ingest.IntakeCounters.Kind;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.subject.Subjects;
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
 * Conflates samples: of each host the latest batch waits, unread, and replaces an earlier one,
 * which is counted.
 *
 * <p>That some wait is signalled once. A signal stands for {@link #ROUND} batches at most, and the
 * next one comes from the scheduler: so a thread that brings a batch while the engine is idle may
 * be the engine for that batch, for to wake another costs more than most batches do, and is not
 * kept for those of all hosts.
 */
public final class LatestBatches {
  /** Most hosts whose samples are taken; of more hosts they are refused and counted. */
  public static final int MAX_HOSTS = 65_536;

  /** Most batches of a signal, so that other inputs need not wait for all of them. */
  static final int ROUND = 16;

  /**
   * A host and the batch of it that waits.
   *
   * @param host whose
   * @param latest batch; none when it was taken
   */
  record Slot(HostId host, AtomicReference<byte @Nullable []> latest) {}

  private static final Logger log = LoggerFactory.getLogger(LatestBatches.class);

  private final FleetIntake intake;
  private final Subjects subjects;
  private final IntakeCounters counters;
  private final Scheduler scheduler;
  private final Map<String, Slot> slots = new ConcurrentHashMap<>();
  private final Queue<Slot> ready = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private volatile @Nullable FluxSink<EngineInput> signals;

  /**
   * No batch waits.
   *
   * @param intake checks where a batch comes from
   * @param scheduler brings all signals but the first
   */
  public LatestBatches(
      FleetIntake intake, Subjects subjects, IntakeCounters counters, Scheduler scheduler) {
    this.intake = intake;
    this.subjects = subjects;
    this.counters = counters;
    this.scheduler = scheduler;
  }

  /** The signals of what these samples bring; at most one is under way. */
  public Flux<EngineInput> signals(Flux<BusMessage> samples) {
    return Flux.create(sink -> {
      signals = sink;
      sink.onDispose(samples.subscribe(this::guarded, sink::error, sink::complete));
    });
  }

  /** The host is gone for good; it is taken in again when it speaks. */
  public void remove(HostId host) {
    slots.remove(subjects.sample(host));
  }

  /** A fault of this program concerns one batch. */
  private void guarded(BusMessage message) {
    try {
      take(message);
    } catch (RuntimeException e) {
      log.error("a batch could not be taken: {}", e.toString(), e);
    }
  }

  private void take(BusMessage message) {
    IntakeCounters.increment(counters.received, Kind.SAMPLE);
    Slot slot = slots.get(message.subject());
    if (slot == null) {
      slot = newSlot(message.subject());
    }
    if (slot == null) {
      return;
    }
    if (message.payload().length > SampleCodec.MAX_BYTES) {
      intake.malformedSample(
          message.subject(),
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

  /** The next host whose batch waits, or none. */
  @Nullable Slot poll() {
    return ready.poll();
  }

  /** Ends what a signal stood for; what is left gets one of its own. */
  void endRound() {
    signalled.set(false);
    if (!ready.isEmpty()) {
      scheduler.schedule(() -> signal(signals));
    }
  }
}
