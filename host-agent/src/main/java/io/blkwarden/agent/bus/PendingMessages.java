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
 * Queues of messages to publish, each kind with its own bound and overflow rule. Thread-safe.
 *
 * <p>{@link #signals} emits when a message can be taken; the publisher takes it and reports what
 * was published.
 */
public final class PendingMessages implements ControlBus {
  /** Maximum number of mapping events; then the oldest is dropped. */
  public static final int MAX_EVENTS = 1024;

  /** Maximum number of outcomes; then the oldest is dropped. */
  public static final int MAX_OUTCOMES = 4096;

  /** Maximum number of replies; then the oldest is dropped. */
  public static final int MAX_REPLIES = 256;

  /** Maximum number of mapping events published before a flush. */
  public static final int MAX_BATCH = 64;

  /** A kind of message. */
  public enum Kind {
    /** Replies to commands. */
    REPLY,
    /** Outcomes for the audit stream. */
    OUTCOME,
    /** Mapping events and snapshots. */
    MAPPING,
    /** Batches of samples. */
    SAMPLES,
    /** Heartbeats. */
    HEARTBEAT,
    /** No message: some were published. */
    DONE
  }

  /** A reply to a command. */
  public record Reply(String to, Outcome outcome) {}

  private final AgentHealth health = new AgentHealth();
  private final OutcomeJournal journal;
  // Lock for journal writes, so that other methods do not block on the disk; taken before "this".
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
  private volatile long maxBytes = ControlJson.MAX_BYTES;

  /**
   * Creates empty queues.
   *
   * @param journal persists outcomes
   */
  public PendingMessages(OutcomeJournal journal) {
    this.journal = journal;
  }

  /** Loads the unconfirmed outcomes of an earlier run. */
  public void load() {
    synchronized (journaling) {
      List<Outcome> left = journal.load();
      journaled = left.size();
      synchronized (this) {
        left.forEach(this::add);
      }
    }
  }

  /** A connection is established; unconfirmed outcomes are published again. */
  public void up(long maxPayload) {
    health.up();
    synchronized (this) {
      connected = true;
      maxBytes =
          maxPayload <= 0 ? ControlJson.MAX_BYTES : Math.min(maxPayload, ControlJson.MAX_BYTES);
      untaken.clear(); // to keep the order
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

  /** Emits when there may be a message of this kind, and once on subscription. */
  public Flux<Kind> signals(Kind kind) {
    return Flux.merge(signals.asFlux().filter(kind::equals).onBackpressureLatest(), Flux.just(kind))
        .onBackpressureLatest();
  }

  /** Emits when {@link #settled} may have changed, and once on subscription. */
  public Flux<Kind> signals() {
    return Flux.merge(signals.asFlux().onBackpressureLatest(), Flux.just(Kind.DONE))
        .onBackpressureLatest();
  }

  private synchronized void signal(Kind kind) {
    // nothing is lost without a subscriber: a new one gets a signal at once
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

  /** Takes the latest batch; null if there is none. */
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

  /** Takes the latest heartbeat; null if there is none. */
  public synchronized @Nullable Heartbeat takeHeartbeat() {
    Heartbeat latest = heartbeat;
    heartbeat = null;
    signal(Kind.DONE);
    return latest;
  }

  /** Queues a reply; dropped and counted while disconnected. */
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

  /** Takes the oldest reply; null if there is none. */
  public synchronized @Nullable Reply takeReply() {
    Reply oldest = replies.pollFirst();
    signal(Kind.DONE);
    return oldest;
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

  /** The oldest events, which stay queued until they are {@link #published}. */
  public synchronized List<MappingEvent> batch() {
    return events.stream().limit(MAX_BATCH).toList();
  }

  /** Removes events that the server has received. */
  public void published(List<MappingEvent> batch) {
    synchronized (this) {
      events.removeAll(new ArrayList<>(batch));
    }
    signal(Kind.DONE);
  }

  @Override
  public Optional<String> tooLarge(MappingSnapshot snapshot) {
    return tooLarge(snapshot.event(), ControlJson.encode(snapshot).length);
  }

  /** Why a message is too long, and what to do; empty if it is not. */
  Optional<String> tooLarge(String kind, int bytes) {
    long limit = maxBytes;
    if (bytes <= limit) {
      return Optional.empty();
    }
    String remedy =
        limit < ControlJson.MAX_BYTES
            ? "raise max_payload of the NATS server to %d".formatted(ControlJson.MAX_BYTES)
            : "this host has more disks than one message can hold";
    return Optional.of(
        "%s of %d bytes exceeds the limit of %d bytes: %s".formatted(kind, bytes, limit, remedy));
  }

  /** Adds an outcome to the journal, then queues it. */
  @Override
  public void outcome(Outcome outcome) {
    synchronized (journaling) {
      setJournalFault(journal.add(outcome));
      journaled++;
      synchronized (this) {
        add(outcome);
      }
      if (journaled >= 2 * MAX_OUTCOMES) {
        compactJournal();
      }
    }
    signal(Kind.OUTCOME);
  }

  /** Takes the oldest outcome not taken since the connection was established; null if none. */
  public synchronized @Nullable Outcome takeOutcome() {
    return untaken.isEmpty() ? null : untaken.pollFirstEntry().getValue();
  }

  private void add(Outcome outcome) {
    outcomes.put(outcome.id(), outcome);
    untaken.put(outcome.id(), outcome);
    if (outcomes.size() > MAX_OUTCOMES) {
      untaken.remove(outcomes.pollFirstEntry().getKey());
      health.drop("outcomes");
    }
  }

  /** Removes an outcome that the stream has stored; compacts the journal after the last one. */
  public void stored(MessageId id) {
    boolean last;
    synchronized (this) {
      outcomes.remove(id);
      untaken.remove(id);
      last = outcomes.isEmpty();
    }
    if (last) {
      synchronized (journaling) {
        compactJournal();
      }
    }
    signal(Kind.DONE);
  }

  /** Removes stored outcomes from the journal; the caller holds {@code journaling}. */
  private void compactJournal() {
    List<Outcome> unconfirmed;
    synchronized (this) {
      unconfirmed = List.copyOf(outcomes.values());
    }
    if (journaled > unconfirmed.size()) {
      Optional<String> fault = journal.retain(unconfirmed);
      setJournalFault(fault);
      journaled = fault.isEmpty() ? unconfirmed.size() : journaled;
    }
  }

  private void setJournalFault(Optional<String> fault) {
    fault.ifPresentOrElse(
        text -> health.fault(AgentHealth.JOURNAL, text), () -> health.clear(AgentHealth.JOURNAL));
  }

  /** Whether there are replies, outcomes to take, or mapping events. */
  public synchronized boolean has(Kind kind) {
    return switch (kind) {
      case REPLY -> !replies.isEmpty();
      case OUTCOME -> !untaken.isEmpty();
      default -> !events.isEmpty();
    };
  }

  /** Whether all messages that must not be lost are published, or there is no connection. */
  public synchronized boolean settled() {
    return !connected
        || (replies.isEmpty() && outcomes.isEmpty() && events.isEmpty() && heartbeat == null);
  }

  @Override
  public AgentHealth health() {
    return health;
  }
}
