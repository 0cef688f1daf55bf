package io.blkwarden.controller.dispatch;

import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.message.OperatorReply;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Operators' requests that wait for a reply; thread-safe.
 *
 * <p>At most {@link #LIMIT} requests wait, each for at most {@link #WAIT_MILLIS}; further ones are
 * refused.
 */
public final class OperatorMailbox {
  /** Most waiting requests. */
  public static final int LIMIT = 256;

  /** Timeout of a request, in ms: longer than any reply takes. */
  public static final long WAIT_MILLIS = 60_000;

  private static final int DETAIL_MAX = 1_000;

  private record Requester(Consumer<OperatorReply> reply, long sinceMillis) {}

  private final BiConsumer<String, OperatorReply> replies;
  private final InstantSource clock;
  private final ControllerCounters counters;
  private final Map<Long, Requester> waiting = new LinkedHashMap<>();
  private long last;

  /**
   * Creates an empty mailbox.
   *
   * @param replies sends a reply to an address; must not block
   */
  public OperatorMailbox(
      BiConsumer<String, OperatorReply> replies, InstantSource clock, ControllerCounters counters) {
    this.replies = replies;
    this.clock = clock;
    this.counters = counters;
  }

  /** Sends replies to an address. */
  public Consumer<OperatorReply> requester(String replyTo) {
    return reply -> replies.accept(replyTo, reply);
  }

  /** Admits a request; returns its correlation, or empty if it was refused. */
  public Optional<Long> open(Consumer<OperatorReply> requester) {
    synchronized (waiting) {
      long now = clock.millis();
      waiting.values().removeIf(each -> now - each.sinceMillis() > WAIT_MILLIS);
      if (waiting.size() < LIMIT) {
        waiting.put(++last, new Requester(requester, now));
        return Optional.of(last);
      }
    }
    refuse(
        requester, "%d requests are already waiting: try again in a few seconds".formatted(LIMIT));
    return Optional.empty();
  }

  /** Replies that a request is refused. */
  public void refuse(Consumer<OperatorReply> requester, String why) {
    counters.requestsRefused.increment();
    requester.accept(failed(why));
  }

  private static OperatorReply failed(String why) {
    String detail = why.length() > DETAIL_MAX ? why.substring(0, DETAIL_MAX) : why;
    return new OperatorReply(OperatorReply.Verdict.FAILED, detail);
  }

  /** Replies that a request has failed, if it still waits. */
  public void fail(long correlation, String why) {
    answer(correlation, failed(why));
  }

  /** Replies to a request, if it still waits. */
  public void answer(long correlation, OperatorReply reply) {
    Requester requester;
    synchronized (waiting) {
      requester = waiting.remove(correlation);
    }
    if (requester != null) {
      counters.answers.increment();
      requester.reply().accept(reply);
    }
  }
}
