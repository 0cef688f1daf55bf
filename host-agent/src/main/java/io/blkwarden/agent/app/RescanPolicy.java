package io.blkwarden.agent.app;

/**
 * When the host is looked at again: soon after a change, but in the long run never so often that
 * scans take more than a twentieth of a core, quickly while threads are awaited that come without
 * an event, each second while something is traced, and now and then in any case.
 */
final class RescanPolicy {
  /** Least time between two scans for changes, so that a burst of them costs one or two. */
  static final long COALESCE_MILLIS = 50;

  /** Time between two scans of a small host when nothing seems to happen. */
  static final long SLOW_MILLIS = 30_000;

  /** The same of the largest: a scan's price is its disks, and what is told of is seen at once. */
  static final long SLOWEST_MILLIS = 60_000;

  /** What each disk adds, from 500 on. */
  private static final long SLOW_MILLIS_A_DISK = 60;

  /** Time between two scans while something is traced. */
  static final long TRACING_MILLIS = 1_000;

  /** Time between two looks for new threads. */
  static final long THREADS_MILLIS = 50;

  /** How long new threads are looked for after the last change; after that, the slow scan does. */
  static final long AWAIT_THREADS_MILLIS = 60_000;

  /** A scan may take one part of so many of a core's time. */
  static final long SHARE = 20;

  /** Longest time between two scans for changes, whatever a scan costs. */
  static final long COSTLIEST_GAP_MILLIS = 30_000;

  /** Scans for changes that may follow each other at once, such as while a guest starts. */
  static final int BURST = 60;

  private long lastScanMillis;
  private double unpaid;
  private long scanEndMillis;
  private long scanCostMillis;
  private long threadsCostMillis;
  private long lastChangeMillis;
  private long lastThreadsMillis;
  private boolean scanned;
  private boolean changed;
  private boolean threadsMissing;
  private boolean tracing;
  private long slowMillis = SLOW_MILLIS;

  /** Something changed. */
  void changed(long nowMillis) {
    changed = true;
    lastChangeMillis = nowMillis;
  }

  /** Whether something changed that no scan has seen yet. */
  boolean outdated() {
    return changed || !scanned;
  }

  /** A scan begins: what changes from now on is for the next. */
  void scanning(long nowMillis) {
    scanned = true;
    changed = false;
    lastScanMillis = nowMillis;
    lastThreadsMillis = nowMillis;
  }

  /**
   * All work for a scan is done: a guest that changes its disks as fast as it can must not cost
   * more than {@link #SHARE} allows.
   */
  void worked(long nowMillis) {
    unpaid = unpaid(nowMillis) + 1;
    scanEndMillis = nowMillis;
    scanCostMillis = Math.max(nowMillis - lastScanMillis, scanCostMillis / 2);
  }

  /** A look for threads is done; new ones are a change, and wait for their turn like any other. */
  void threadsLooked(long nowMillis, boolean found) {
    threadsCostMillis = Math.max(nowMillis - lastThreadsMillis, threadsCostMillis / 2);
    changed |= found;
  }

  /** Scans that the time since has not paid for, at {@link #SHARE} times what the last cost. */
  private double unpaid(long nowMillis) {
    double priceMillis = Math.max(1, scanCostMillis * SHARE);
    return Math.max(0, unpaid - Math.max(0, nowMillis - scanEndMillis) / priceMillis);
  }

  /** Time until another scan may be made. */
  private long unpaidLeft(long nowMillis) {
    double over = Math.max(0, unpaid(nowMillis) - BURST);
    return Math.min(
        (long) Math.ceil(over * scanCostMillis * SHARE),
        COSTLIEST_GAP_MILLIS - (nowMillis - scanEndMillis));
  }

  private static long gap(long leastMillis, long costMillis) {
    return Math.clamp(costMillis * (SHARE - 1), leastMillis, COSTLIEST_GAP_MILLIS);
  }

  /**
   * A scan is done.
   *
   * @param missing whether a connected disk has not all its threads
   * @param traced whether something is being traced, or could not be read and is to be tried again
   * @param disks of the host
   */
  void scanned(boolean missing, boolean traced, int disks) {
    threadsMissing = missing;
    tracing = traced;
    slowMillis = Math.clamp(disks * SLOW_MILLIS_A_DISK, SLOW_MILLIS, SLOWEST_MILLIS);
  }

  /** Whether to scan now. */
  boolean scanDue(long nowMillis) {
    return scanLeft(nowMillis) <= 0;
  }

  private long scanLeft(long nowMillis) {
    if (!scanned) {
      return 0;
    }
    long waitMillis = changed ? COALESCE_MILLIS : tracing ? TRACING_MILLIS : slowMillis;
    return Math.max(waitMillis - (nowMillis - lastScanMillis), unpaidLeft(nowMillis));
  }

  /** Time until a scan or a look for threads is due, if nothing changes; 0 when one is. */
  long left(long nowMillis) {
    long scanMillis = scanLeft(nowMillis);
    boolean looking = threadsMissing && nowMillis - lastChangeMillis <= AWAIT_THREADS_MILLIS;
    return Math.max(
        0,
        looking
            ? Math.min(
                scanMillis,
                gap(THREADS_MILLIS, threadsCostMillis) - (nowMillis - lastThreadsMillis))
            : scanMillis);
  }

  /** Whether to look for new threads now, which is much cheaper than a scan. */
  boolean threadsDue(long nowMillis) {
    if (!threadsMissing
        || nowMillis - lastChangeMillis > AWAIT_THREADS_MILLIS
        || nowMillis - lastThreadsMillis < gap(THREADS_MILLIS, threadsCostMillis)) {
      return false;
    }
    lastThreadsMillis = nowMillis;
    return true;
  }
}
