package io.blkwarden.agent.bus;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many commands are taken: of each sender, and of those that cannot be read of all together.
 *
 * <p>A sender is known by the inbox in which it waits for answers. A controller that ends every
 * lease of a host one by one stays within its limit. For use by one thread: the one on which
 * commands come.
 */
final class CommandLimits {
  /** Commands of one sender that may come at once. */
  static final int BURST = 2_048;

  /** Commands of one sender in a second, in the long run. */
  static final int PER_SECOND = 100;

  /** Commands that cannot be read, at once; each is answered and goes on record. */
  static final int MALFORMED_BURST = 20;

  /** Commands that cannot be read, in a second, in the long run. */
  static final int MALFORMED_PER_SECOND = 2;

  private static final int MAX_SENDERS = 64;

  private final Map<String, Bucket> senders =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MAX_SENDERS;
        }
      };
  private final Bucket malformed = new Bucket(MALFORMED_BURST, MALFORMED_PER_SECOND);

  /** A token bucket. */
  private static final class Bucket {
    private final int burst;
    private final int perSecond;
    private long thousandths;
    private long lastMillis;
    private boolean begun;

    Bucket(int burst, int perSecond) {
      this.burst = burst;
      this.perSecond = perSecond;
      this.thousandths = burst * 1_000L;
    }

    boolean take(long nowMillis) {
      long passed = begun ? Math.clamp(nowMillis - lastMillis, 0, 3_600_000) : 0;
      begun = true;
      lastMillis = nowMillis;
      thousandths = Math.min(burst * 1_000L, thousandths + passed * perSecond);
      if (thousandths < 1_000) {
        return false;
      }
      thousandths -= 1_000;
      return true;
    }
  }

  /** Whether another command of a sender is taken. */
  boolean admits(String replyTo, long nowMillis) {
    return senders
        .computeIfAbsent(sender(replyTo), _ -> new Bucket(BURST, PER_SECOND))
        .take(nowMillis);
  }

  /** Whether another command that cannot be read is answered. */
  boolean admitsMalformed(long nowMillis) {
    return malformed.take(nowMillis);
  }

  /** The inbox without the token of the single request. */
  private static String sender(String replyTo) {
    int end = replyTo.lastIndexOf('.');
    return end < 0 ? replyTo : replyTo.substring(0, end);
  }
}
