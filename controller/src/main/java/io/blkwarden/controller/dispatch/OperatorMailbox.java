package io.blkwarden.controller.dispatch;

import io.blkwarden.model.message.OperatorReply;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Operators' requests that wait for an answer; safe for use by several threads.
 *
 * <p>At most {@link #LIMIT} wait, each for at most {@link #WAIT_MILLIS}; at the bound a new one is
 * refused at once.
 */
public final class OperatorMailbox {
  /** Most requests that wait. */
  public static final int LIMIT = 256;

  /** How long one waits, in ms: longer than any answer takes. */
  public static final long WAIT_MILLIS = 60_000;

  private static final int DETAIL_MAX = 1_000;

  private record Asker(String replyTo, long sinceMillis) {}

  private final BiConsumer<String, OperatorReply> replies;
  private final InstantSource clock;
  private final DispatchCounters counters;
  private final Map<Long, Asker> waiting = new LinkedHashMap<>();
  private long last;

  /**
   * An empty mailbox.
   *
   * @param replies sends an answer to where it goes; must not wait
   */
  public OperatorMailbox(
      BiConsumer<String, OperatorReply> replies, InstantSource clock, DispatchCounters counters) {
    this.replies = replies;
    this.clock = clock;
    this.counters = counters;
  }

  /** Takes a request; its correlation, or nothing when it was refused. */
  public Optional<Long> open(String replyTo) {
    synchronized (waiting) {
      long now = clock.millis();
      waiting.values().removeIf(asker -> now - asker.sinceMillis() > WAIT_MILLIS);
      if (waiting.size() < LIMIT) {
        waiting.put(++last, new Asker(replyTo, now));
        return Optional.of(last);
      }
    }
    refuse(replyTo, "%d requests wait already: try again in some seconds".formatted(LIMIT));
    return Optional.empty();
  }

  /** Answers a request that was never opened. */
  public void refuse(String replyTo, String why) {
    counters.requestsRefused.increment();
    String detail = why.length() > DETAIL_MAX ? why.substring(0, DETAIL_MAX) : why;
    replies.accept(replyTo, new OperatorReply(OperatorReply.Verdict.FAILED, detail));
  }

  /** Answers a request, if it still waits. */
  public void answer(long correlation, OperatorReply reply) {
    Asker asker;
    synchronized (waiting) {
      asker = waiting.remove(correlation);
    }
    if (asker != null) {
      counters.answers.increment();
      replies.accept(asker.replyTo(), reply);
    }
  }
}
