package io.blkwarden.controller.history;

import io.blkwarden.controller.throttle.Decision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The last {@link #KEPT} decisions, and their number by policy and verdict since the controller
 * started; thread-safe. Policies beyond {@link #POLICIES_MAX} are not counted.
 */
public final class RecentDecisions {
  /** Most decisions that are kept. */
  public static final int KEPT = 200;

  private static final int POLICIES_MAX = 1_000;

  private final Deque<Decision> last = new ArrayDeque<>();
  private final Map<String, Map<String, Long>> counts = new TreeMap<>();
  private final AtomicLong revision = new AtomicLong();

  /** Adds a decision. */
  public synchronized void see(Decision decision) {
    last.addFirst(decision);
    if (last.size() > KEPT) {
      last.removeLast();
    }
    String policy = decision.policy();
    if (policy != null && (counts.containsKey(policy) || counts.size() < POLICIES_MAX)) {
      counts
          .computeIfAbsent(policy, _ -> new TreeMap<>())
          .merge(decision.verdict().wire(), 1L, Long::sum);
    }
    revision.incrementAndGet();
  }

  /** Number of decisions. */
  public long revision() {
    return revision.get();
  }

  /** The newest first. */
  public synchronized List<Decision> last() {
    return new ArrayList<>(last);
  }

  /** Number of decisions of a policy by verdict. */
  public synchronized Map<String, Long> counts(String policy) {
    return Map.copyOf(counts.getOrDefault(policy, Map.of()));
  }
}
