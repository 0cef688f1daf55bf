package io.blkwarden.agent.bus;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Messages that wait to be published, each kind with its own bound and its own rule at the bound.
 *
 * <p>For use by several threads. It only holds: {@link #signals} tells that there is something to
 * take, and whoever publishes takes it and reports what is done.
 */
public final class PendingMessages implements ControlBus {
  /** Most mapping events kept; the oldest are dropped. */
  public static final int MAX_EVENTS = 1024;

  /** Most outcomes kept; the oldest is dropped. */
  public static final int MAX_OUTCOMES = 4096;

  /** Most replies kept; the oldest is dropped, as its requester has waited longest. */
  public static final int MAX_REPLIES = 256;

  /** Most mapping events that are published before the server is asked whether it has them. */
  public static final int MAX_BATCH = 64;

  /** A kind of message. */
  public enum Kind {
    /** Answers to commands. */
    REPLY,
    /** Outcomes for the audit stream. */
    OUTCOME,
    /** Mapping events and snapshots. */
    MAPPING,
    /** Batches of samples. */
    SAMPLES,
    /** Heartbeats. */
    HEARTBEAT,
    /** Nothing to take: some of the others are done. */
    DONE
  }

  /** An answer to a command. */
  public record Reply(String to, Outcome outcome) {}

  private final BusHealth health;
  private final OutcomeJournal journal;
  // Held while the journal is written, so that nothing else waits for the disk; taken before "this"
  private final Object journaling = new Object();
  private int journaled;

  private final Sinks.Many<Kind> signals = Sinks.many().multicast().directBestEffort();
  private final Deque<Reply> replies = new ArrayDeque<>();
  private final Deque<MappingEvent> events = new ArrayDeque<>();
  private final LinkedHashMap<MessageId, Outcome> outcomes = new LinkedHashMap<>();
  private final LinkedHashMap<MessageId, Outcome> untaken = new LinkedHashMap<>();
  private @Nullable Heartbeat heartbeat;
  private byte @Nullable [] samples;
  private boolean connected;
  private long mostBytes = ControlJson.MAX_BYTES;

  /**
   * Holds nothing yet.
   *
   * @param journal keeps outcomes over this agent's end
   * @param health counts what is dropped
   */
  public PendingMessages(OutcomeJournal journal, BusHealth health) {
    this.journal = journal;
    this.health = health;
  }

  /** Takes the outcomes that an earlier run could not publish. */
  public void load() {
    synchronized (journaling) {
      List<Outcome> left = journal.load();
      journaled = left.size();
      synchronized (this) {
        left.forEach(this::add);
      }
    }
  }

  /**
   * A connection is established: outcomes that were taken before may be lost, and are due again.
   */
  public void up(long maxPayload) {
    health.up();
    synchronized (this) {
      connected = true;
      mostBytes =
          maxPayload <= 0 ? ControlJson.MAX_BYTES : Math.min(maxPayload, ControlJson.MAX_BYTES);
      untaken.clear(); // or new ones would come before older ones
      untaken.putAll(outcomes);
    }
  }

  /** The connection is lost. */
  public void down(String reason) {
    health.down(reason);
    synchronized (this) {
      connected = false;
      if (samples != null) {
        samples = null;
        health.drop("samples");
      }
    }
    signal(Kind.DONE);
  }

  /**
   * Tells that there may be a message of this kind to take; the first time at once, for what was
   * kept before.
   */
  public Flux<Kind> signals(Kind kind) {
    return Flux.merge(signals.asFlux().filter(kind::equals).onBackpressureLatest(), Flux.just(kind))
        .onBackpressureLatest();
  }

  /** Tells whenever {@link #settled} may have changed, the first time at once. */
  public Flux<Kind> signals() {
    return Flux.merge(signals.asFlux().onBackpressureLatest(), Flux.just(Kind.DONE))
        .onBackpressureLatest();
  }

  private synchronized void signal(Kind kind) {
    // Without a subscriber nothing is lost: a new one is told at once.
    Sinks.EmitResult _ = signals.tryEmitNext(kind);
  }

  @Override
  public void sample(byte[] batch) {
    synchronized (this) {
      if (!connected || samples != null) {
        health.drop("samples");
      }
      samples = connected ? batch : null;
    }
    signal(Kind.SAMPLES);
  }

  /** The latest batch that is not taken yet; null if there is none. */
  public synchronized byte @Nullable [] takeSamples() {
    byte[] batch = samples;
    samples = null;
    return batch;
  }

  @Override
  public void heartbeat(Heartbeat next) {
    synchronized (this) {
      heartbeat = next;
    }
    signal(Kind.HEARTBEAT);
  }

  /** The latest heartbeat that is not taken yet; null if there is none. */
  public synchronized @Nullable Heartbeat takeHeartbeat() {
    Heartbeat latest = heartbeat;
    heartbeat = null;
    signal(Kind.DONE);
    return latest;
  }

  /** Answers a command, unless there is no connection, or too many wait. */
  public void reply(String to, Outcome outcome) {
    synchronized (this) {
      if (!connected) {
        health.drop("replies");
        return;
      }
      replies.addLast(new Reply(to, outcome));
      if (replies.size() > MAX_REPLIES) {
        replies.removeFirst();
        health.drop("replies");
      }
    }
    signal(Kind.REPLY);
  }

  /** The oldest reply; null if there is none. */
  public synchronized @Nullable Reply takeReply() {
    Reply oldest = replies.pollFirst();
    signal(Kind.DONE);
    return oldest;
  }

  /** Whether replies wait. */
  public synchronized boolean hasReplies() {
    return !replies.isEmpty();
  }

  @Override
  public void mapping(MappingEvent event) {
    synchronized (this) {
      if (event instanceof MappingSnapshot) {
        events.removeIf(MappingSnapshot.class::isInstance);
      }
      events.addLast(event);
      if (events.size() > MAX_EVENTS) {
        events.removeFirst();
        health.drop("mapping_events");
      }
    }
    signal(Kind.MAPPING);
  }

  /** The oldest events, which stay here until they are {@link #published}. */
  public synchronized List<MappingEvent> batch() {
    return events.stream().limit(MAX_BATCH).toList();
  }

  /** The server has these events. */
  public void published(List<MappingEvent> batch) {
    synchronized (this) {
      events.removeAll(new ArrayList<>(batch));
    }
    signal(Kind.DONE);
  }

  /** Whether mapping events wait. */
  public synchronized boolean hasEvents() {
    return !events.isEmpty();
  }

  @Override
  public Optional<String> tooLarge(MappingSnapshot snapshot) {
    return tooLarge(snapshot.event(), ControlJson.encode(snapshot).length);
  }

  /** Why a message of this length is not sent, and what to do; empty when it is short enough. */
  Optional<String> tooLarge(String kind, int bytes) {
    long most;
    synchronized (this) {
      most = mostBytes;
    }
    if (bytes <= most) {
      return Optional.empty();
    }
    String remedy =
        most < ControlJson.MAX_BYTES
            ? "raise max_payload of the NATS server to %d".formatted(ControlJson.MAX_BYTES)
            : "this host has more disks than one message can hold";
    return Optional.of(
        "%s of %d bytes exceeds the limit of %d bytes: %s".formatted(kind, bytes, most, remedy));
  }

  /** Keeps an outcome on disk, and only then lets it be published. */
  @Override
  public void outcome(Outcome outcome) {
    synchronized (journaling) {
      journal(journal.add(outcome));
      journaled++;
      synchronized (this) {
        add(outcome);
      }
      if (journaled >= 2 * MAX_OUTCOMES) {
        forgetStored();
      }
    }
    signal(Kind.OUTCOME);
  }

  /** The oldest outcome that was not taken since the connection was established; null if none. */
  public synchronized @Nullable Outcome takeOutcome() {
    return untaken.isEmpty() ? null : untaken.pollFirstEntry().getValue();
  }

  /** Whether there are outcomes to take. */
  public synchronized boolean hasOutcomes() {
    return !untaken.isEmpty();
  }

  private void add(Outcome outcome) {
    outcomes.put(outcome.id(), outcome);
    untaken.put(outcome.id(), outcome);
    if (outcomes.size() > MAX_OUTCOMES) {
      untaken.remove(outcomes.pollFirstEntry().getKey());
      health.drop("outcomes");
    }
  }

  /** The stream has an outcome. Writes a file when it was the last one. */
  public void stored(MessageId id) {
    boolean last;
    synchronized (this) {
      outcomes.remove(id);
      untaken.remove(id);
      last = outcomes.isEmpty();
    }
    if (last) {
      synchronized (journaling) {
        forgetStored();
      }
    }
    signal(Kind.DONE);
  }

  /** Removes from the journal what the stream has; its caller holds {@code journaling}. */
  private void forgetStored() {
    List<Outcome> waiting = waiting();
    if (journaled > waiting.size()) {
      Optional<String> fault = journal.keepOnly(waiting);
      journal(fault);
      journaled = fault.isEmpty() ? waiting.size() : journaled;
    }
  }

  private void journal(Optional<String> fault) {
    fault.ifPresentOrElse(
        text -> health.fault(BusHealth.JOURNAL, text), () -> health.works(BusHealth.JOURNAL));
  }

  private synchronized List<Outcome> waiting() {
    return List.copyOf(outcomes.values());
  }

  /** Whether nothing is left that could be published now and must not be lost. */
  public synchronized boolean settled() {
    return !connected
        || (replies.isEmpty() && outcomes.isEmpty() && events.isEmpty() && heartbeat == null);
  }

  @Override
  public BusState state() {
    return health.state();
  }
}
