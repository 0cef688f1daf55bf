package io.blkwarden.controller.ingest;

import io.blkwarden.model.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the inputs that wait for the engine, for each host and in total; thread-safe.
 *
 * <p>At a bound a message is refused. The host's mapping is not known then, so the host is marked
 * for a resync, and its mapping is requested once there is room.
 */
public final class Backlog {
  /** Most waiting reports of a host; a long report counts once for each {@link #PART_BYTES}. */
  static final int REPORTS_MAX = 256;

  /** Most waiting inputs of a host including outcomes; counted as above. */
  static final int OUTCOMES_MAX = 512;

  /** 16 KiB, so that a host's waiting reports are 4 MiB at most. */
  private static final int PART_BYTES = 16 << 10;

  /** Most bytes of waiting messages of all hosts. */
  static final long BYTES_MAX = 64L << 20;

  private final Map<HostId, Integer> waiting = new ConcurrentHashMap<>();
  private final AtomicLong bytesWaiting = new AtomicLong();
  private final Set<HostId> toResync = ConcurrentHashMap.newKeySet();

  /**
   * Admits an input; false at a bound.
   *
   * @param bytes length of its message
   * @param most waiting inputs of the host, including this one
   */
  boolean admit(HostId host, int bytes, int most) {
    boolean room = bytesWaiting.addAndGet(bytes) <= BYTES_MAX || bytes == 0;
    boolean few = room && waiting.merge(host, parts(bytes), Integer::sum) <= most;
    if (few) {
      return true;
    }
    if (room) {
      subtract(host, parts(bytes));
    }
    bytesWaiting.addAndGet(-bytes);
    return false;
  }

  /** Releases an admitted input. */
  void release(HostId host, int bytes) {
    bytesWaiting.addAndGet(-bytes);
    subtract(host, parts(bytes));
  }

  private void subtract(HostId host, int parts) {
    waiting.computeIfPresent(host, (_, count) -> count > parts ? count - parts : null);
  }

  private static int parts(int bytes) {
    return 1 + bytes / PART_BYTES;
  }

  /** Marks a host whose message was refused. */
  void markForResync(HostId host) {
    toResync.add(host);
  }

  /** Removes and returns the marked hosts; none while there is no room for their mappings. */
  public List<HostId> takeHostsToResync() {
    if (toResync.isEmpty() || bytesWaiting.get() >= BYTES_MAX / 2) {
      return List.of();
    }
    List<HostId> marked = new ArrayList<>(toResync);
    marked.forEach(toResync::remove);
    return marked;
  }
}
