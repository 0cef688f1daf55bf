package io.blkwarden.agent.bus;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent, each kind with its own bound and its own way to give in. Not safe for use
 * by several threads: its owner holds a lock.
 */
final class Outbox {
  /** Most mapping events kept; the oldest give way. */
  static final int MAX_EVENTS = 1024;

  /** Most outcomes kept; the oldest is given up. */
  static final int MAX_OUTCOMES = 4096;

  /** Most answers kept; the oldest gives way, as its asker has waited longest. */
  static final int MAX_REPLIES = 256;

  /** Most outcomes under way at once. */
  static final int MAX_UNDER_WAY = 64;

  private static final int MAX_BATCH = 64;
  private static final long CONFIRM_WITHIN_MILLIS = 5_000;
  private static final long FOREVER_MILLIS = 60_000;
  private static final long FIRST_RETRY_MILLIS = 250;

  private final Deque<Work.Reply> replies = new ArrayDeque<>();
  private final Deque<MappingEvent> events = new ArrayDeque<>();
  private final Map<MessageId, Sending> outcomes = new LinkedHashMap<>();
  private final Map<String, Long> drops = new TreeMap<>();
  private final Retry recording = new Retry(FIRST_RETRY_MILLIS, 30_000);
  // A whole map each time, and most often there is no bucket yet.
  private final Retry keeping = new Retry(5_000, 60_000);
  private final Retry mapping = new Retry(FIRST_RETRY_MILLIS, 5_000);
  private @Nullable MappingSnapshot toKeep;
  private long keptUntilMillis;
  private @Nullable Heartbeat heartbeat;
  private byte @Nullable [] samples;
  private boolean connected;

  /** An outcome, and until when its confirmation is waited for; 0 when it is not under way. */
  private static final class Sending {
    final Outcome outcome;
    long untilMillis;

    Sending(Outcome outcome) {
      this.outcome = outcome;
    }
  }

  /** A connection stands or is gone: what was under way may be lost, and is due again. */
  void connected(boolean now) {
    connected = now;
    outcomes.values().forEach(sending -> sending.untilMillis = 0);
    keptUntilMillis = 0;
    recording.reset();
    keeping.reset();
    mapping.reset();
    if (!now && samples != null) {
      samples = null;
      drop("samples");
    }
  }

  void sample(byte[] batch) {
    if (!connected) {
      drop("samples");
      return;
    }
    if (samples != null) {
      drop("samples");
    }
    samples = batch;
  }

  void beat(Heartbeat next) {
    heartbeat = next;
  }

  void event(MappingEvent event) {
    if (event instanceof MappingSnapshot snapshot) {
      events.removeIf(MappingSnapshot.class::isInstance);
      toKeep = snapshot;
      keptUntilMillis = 0;
    }
    events.addLast(event);
    if (events.size() > MAX_EVENTS) {
      events.removeFirst();
      drop("mapping_events");
    }
  }

  void outcome(Outcome outcome) {
    outcomes.put(outcome.id(), new Sending(outcome));
    if (outcomes.size() > MAX_OUTCOMES) {
      outcomes.remove(outcomes.keySet().iterator().next());
      drop("outcomes");
    }
  }

  void reply(String to, Outcome outcome) {
    if (!connected) {
      drop("replies");
      return;
    }
    replies.addLast(new Work.Reply(to, outcome));
    if (replies.size() > MAX_REPLIES) {
      replies.removeFirst();
      drop("replies");
    }
  }

  /** What to do next, the most urgent first; what is returned counts as under way or as sent. */
  Work next(long nowMillis) {
    if (!connected) {
      return new Work.Idle(FOREVER_MILLIS);
    }
    Work.Reply reply = replies.pollFirst();
    if (reply != null) {
      return reply;
    }
    Outcome outcome = nextOutcome(nowMillis);
    if (outcome != null) {
      return new Work.Audit(outcome);
    }
    if (!events.isEmpty() && mapping.due(nowMillis)) {
      return new Work.Events(events.stream().limit(MAX_BATCH).toList());
    }
    if (samples != null) {
      byte[] batch = samples;
      samples = null;
      return new Work.Samples(batch);
    }
    if (heartbeat != null) {
      Heartbeat beat = heartbeat;
      heartbeat = null;
      return new Work.Beat(beat);
    }
    if (toKeep != null && keptUntilMillis <= nowMillis && keeping.due(nowMillis)) {
      keptUntilMillis = nowMillis + CONFIRM_WITHIN_MILLIS;
      return new Work.Keep(toKeep);
    }
    return new Work.Idle(idleMillis(nowMillis));
  }

  private @Nullable Outcome nextOutcome(long nowMillis) {
    if (!recording.due(nowMillis)) {
      return null;
    }
    int underWay = 0;
    for (Sending sending : outcomes.values()) {
      if (sending.untilMillis > nowMillis) {
        if (++underWay >= MAX_UNDER_WAY) {
          return null;
        }
      } else {
        sending.untilMillis = nowMillis + CONFIRM_WITHIN_MILLIS;
        return sending.outcome;
      }
    }
    return null;
  }

  private long idleMillis(long nowMillis) {
    long at = nowMillis + FOREVER_MILLIS;
    for (Sending sending : outcomes.values()) {
      at = Math.min(at, Math.max(sending.untilMillis, recording.atMillis()));
    }
    if (!events.isEmpty()) {
      at = Math.min(at, mapping.atMillis());
    }
    if (toKeep != null) {
      at = Math.min(at, Math.max(keptUntilMillis, keeping.atMillis()));
    }
    return Math.max(1, at - nowMillis);
  }

  /** The server has these events. */
  void sent(List<MappingEvent> batch) {
    mapping.reset();
    events.removeAll(new ArrayList<>(batch));
  }

  /** Nobody knows whether the server has them. */
  void notSent(long nowMillis) {
    mapping.failed(nowMillis);
  }

  /** Outcomes that the stream has not confirmed, the oldest first. */
  List<Outcome> outcomes() {
    return outcomes.values().stream().map(sending -> sending.outcome).toList();
  }

  /** The stream has an outcome. */
  void recorded(MessageId id) {
    recording.reset();
    outcomes.remove(id);
  }

  /** The stream has not taken it, or there is none. */
  void notRecorded(MessageId id, long nowMillis) {
    Sending sending = outcomes.get(id);
    if (sending != null) {
      sending.untilMillis = 0;
      recording.failed(nowMillis);
    }
  }

  /** The bucket has a snapshot. */
  void kept(MappingSnapshot snapshot) {
    keeping.reset();
    if (toKeep != null && toKeep.origin().equals(snapshot.origin())) {
      toKeep = null;
    }
  }

  /** The bucket has not taken it, or there is none. */
  void notKept(long nowMillis) {
    keptUntilMillis = 0;
    keeping.failed(nowMillis);
  }

  /** Whether anything is left that must not be lost. */
  boolean settled() {
    return replies.isEmpty() && outcomes.isEmpty() && events.isEmpty();
  }

  void drop(String kind) {
    drops.merge(kind, 1L, Long::sum);
  }

  Map<String, Long> drops() {
    return Map.copyOf(drops);
  }
}
