package io.blkwarden.controller.bus;

import io.blkwarden.controller.bus.StoreFlow.Fence;
import io.blkwarden.controller.bus.StoreQueue.Entry;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.NatsLink;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.subject.Subjects;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Stores decisions in their stream, by a {@link StoreFlow}.
 *
 * <p>In order, except when a connection breaks or the server refuses some: then a decision can be
 * stored before at most {@link StoreFlow#UNDER_WAY} - 1 earlier ones. Readers sort by its time. One
 * that was stored but whose acknowledgement was lost is sent again with its id, by which the stream
 * knows it for two minutes; readers know it by the same id.
 *
 * <p>At the bound a new one is refused, which is counted; it is in the log of decisions all the
 * same. Those of a controller that dies while NATS is away are in its log only.
 */
final class DecisionStore implements StoreFlow.Publisher<DecisionNote> {
  /** Most decisions that wait: some 10 MB. */
  static final int LIMIT = 10_000;

  private static final Logger log = LoggerFactory.getLogger(DecisionStore.class);

  private final NatsLink link;
  private final Subjects subjects;
  private final BusCounters counters;
  private final StoreQueue<DecisionNote> queue =
      new StoreQueue<>(LIMIT, DecisionNote::id, _ -> false);
  private final StoreFlow<DecisionNote> flow;

  DecisionStore(
      NatsLink link,
      Subjects subjects,
      BusCounters counters,
      Supplier<Fence> fence,
      Flux<?> nudges,
      Scheduler scheduler,
      RandomGenerator random) {
    this.link = link;
    this.subjects = subjects;
    this.counters = counters;
    this.flow =
        new StoreFlow<>(
            "decisions",
            queue,
            this,
            fence,
            new StoreFlow.Counters(
                counters.decisionsPublished,
                counters.decisionsRetried,
                counters.decisionsLost,
                counters.decisionsLost),
            nudges,
            scheduler,
            random);
  }

  /** Stores the decisions; see {@link StoreFlow#run}. */
  Mono<Void> store(Flux<DecisionNote> notes) {
    return flow.run(notes.doOnNext(this::add));
  }

  private void add(DecisionNote note) {
    if (queue.add(note) == StoreQueue.Added.REFUSED) {
      counters.decisionsLost.increment();
      log.error(
          "decision {} not published, {} wait for NATS already; it is in the log only",
          note.id(),
          queue.size());
    }
  }

  @Override
  public Mono<Void> publish(Entry<DecisionNote> entry) {
    DecisionNote note = entry.message();
    return link.store(
        JetStreamAssets.DECISIONS,
        subjects.decision(note.host()),
        note.id().toString(),
        ControlJson.encode(note));
  }

  @Override
  public String fault(Throwable failed) {
    return link.fault(failed);
  }

  @Override
  public void never(DecisionNote note, String why) {
    log.error("decision {} not publishable: {}", note.id(), why);
  }

  /** How many wait. */
  int waiting() {
    return queue.size();
  }

  /** How many are not stored, and why; empty while publishing works. */
  String problem() {
    return flow.problem();
  }
}
