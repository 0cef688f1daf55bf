package io.blkwarden.controller.ingest;

import io.blkwarden.model.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what waits for the engine, so that neither one host nor all of them can fill memory; safe
 * for use by several threads.
 *
 * <p>At a bound a message is refused. What its host's map is then nobody knows, so the host is
 * marked, and its whole map is asked for once there is room.
 */
public final class Backlog {
  /** Most reports of a host that wait; a long one counts for as many as it has {@link #PART}s. */
  static final int REPORTS_MAX = 256;

  /** Most inputs of a host that wait, what became of commands among them; counted alike. */
  static final int OUTCOMES_MAX = 512;

  /** 16 KiB, so that what waits of a host is 4 MiB at most, and leaves room for others. */
  private static final int PART = 16 << 10;

  /** Most bytes of messages that wait, of all hosts. */
  static final long BYTES_MAX = 64L << 20;

  private final Map<HostId, Integer> waiting = new ConcurrentHashMap<>();
  private final AtomicLong bytesWaiting = new AtomicLong();
  private final Set<HostId> missed = ConcurrentHashMap.newKeySet();

  /**
   * Counts one more; false, and it is not counted, at a bound.
   *
   * @param bytes length of the message that it came from
   * @param most how many of the host may wait with this one
   */
  boolean admit(HostId host, int bytes, int most) {
    boolean room = bytesWaiting.addAndGet(bytes) <= BYTES_MAX || bytes == 0;
    boolean few = room && waiting.merge(host, parts(bytes), Integer::sum) <= most;
    if (few) {
      return true;
    }
    if (room) {
      left(host, parts(bytes));
    }
    bytesWaiting.addAndGet(-bytes);
    return false;
  }

  /** Counts one less. */
  void release(HostId host, int bytes) {
    bytesWaiting.addAndGet(-bytes);
    left(host, parts(bytes));
  }

  private void left(HostId host, int parts) {
    waiting.computeIfPresent(host, (_, count) -> count > parts ? count - parts : null);
  }

  private static int parts(int bytes) {
    return 1 + bytes / PART;
  }

  /** Marks a host whose message was refused. */
  void markForResync(HostId host) {
    missed.add(host);
  }

  /** Takes the marked hosts; none while there is no room for their maps. */
  public List<HostId> takeHostsToResync() {
    if (missed.isEmpty() || bytesWaiting.get() >= BYTES_MAX / 2) {
      return List.of();
    }
    List<HostId> marked = new ArrayList<>(missed);
    marked.forEach(missed::remove);
    return marked;
  }
}
