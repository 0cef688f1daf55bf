package io.blkwarden.agent.app;

/**
 * The schedule of scans: soon after a change, every second while tracing, and periodically in any
 * case, with at most 1/{@value #SHARE} of a core for scans. New threads, which cause no event, are
 * polled for while a disk lacks some.
 */
final class RescanPolicy {
  /** Shortest time between two scans, so that a burst of changes causes one or two. */
  static final long COALESCE_MILLIS = 50;

  /** Interval of scans without changes on a small host. */
  static final long SLOW_MILLIS = 30_000;

  /** The same on the largest host. */
  static final long SLOWEST_MILLIS = 60_000;

  /** What each disk adds to it, from 500 disks on. */
  private static final long SLOW_MILLIS_PER_DISK = 60;

  /** Interval of scans while tracing. */
  static final long TRACING_MILLIS = 1_000;

  /** Interval of polls for new threads. */
  static final long THREADS_MILLIS = 50;

  /** How long new threads are polled for after the last change. */
  static final long AWAIT_THREADS_MILLIS = 60_000;

  /** Scans may use one part in this many of a core. */
  static final long SHARE = 20;

  /** Longest delay of a scan after a change. */
  static final long MAX_GAP_MILLIS = 30_000;

  /** Number of scans without delay, such as while a guest starts. */
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

  /** Whether there are changes since the last scan started. */
  boolean outdated() {
    return changed || !scanned;
  }

  /** A scan starts. */
  void scanning(long nowMillis) {
    scanned = true;
    changed = false;
    lastScanMillis = nowMillis;
    lastThreadsMillis = nowMillis;
  }

  /**
   * All work of a scan is done; limits the cost of guests that change their disks constantly to
   * {@link #SHARE}.
   */
  void worked(long nowMillis) {
    unpaid = unpaid(nowMillis) + 1;
    scanEndMillis = nowMillis;
    scanCostMillis = Math.max(nowMillis - lastScanMillis, scanCostMillis / 2);
  }

  /** A poll for threads is done; new threads are a change. */
  void threadsPolled(long nowMillis, boolean found) {
    threadsCostMillis = Math.max(nowMillis - lastThreadsMillis, threadsCostMillis / 2);
    changed |= found;
  }

  /** Token bucket: scans minus those earned since, at {@link #SHARE} times the cost of the last. */
  private double unpaid(long nowMillis) {
    double costMillis = Math.max(1, scanCostMillis * SHARE);
    return Math.max(0, unpaid - Math.max(0, nowMillis - scanEndMillis) / costMillis);
  }

  /** Time until another scan is allowed. */
  private long unpaidLeft(long nowMillis) {
    double over = Math.max(0, unpaid(nowMillis) - BURST);
    return Math.min(
        (long) Math.ceil(over * scanCostMillis * SHARE),
        MAX_GAP_MILLIS - (nowMillis - scanEndMillis));
  }

  private static long gap(long minMillis, long costMillis) {
    return Math.clamp(costMillis * (SHARE - 1), minMillis, MAX_GAP_MILLIS);
  }

  /**
   * A scan is done.
   *
   * @param missing whether a connected disk lacks threads
   * @param traced whether something is traced, or could not be read and must be retried
   * @param disks number of disks of the host
   */
  void scanned(boolean missing, boolean traced, int disks) {
    threadsMissing = missing;
    tracing = traced;
    slowMillis = Math.clamp(disks * SLOW_MILLIS_PER_DISK, SLOW_MILLIS, SLOWEST_MILLIS);
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

  /** Time until a scan or a poll for threads is due; 0 if one is. */
  long left(long nowMillis) {
    return Math.max(0, Math.min(scanLeft(nowMillis), threadsLeft(nowMillis)));
  }

  /** Time until a poll for threads is due. */
  private long threadsLeft(long nowMillis) {
    return threadsMissing && nowMillis - lastChangeMillis <= AWAIT_THREADS_MILLIS
        ? gap(THREADS_MILLIS, threadsCostMillis) - (nowMillis - lastThreadsMillis)
        : Long.MAX_VALUE;
  }

  /** Whether to poll for new threads now, which is much cheaper than a scan. */
  boolean threadsDue(long nowMillis) {
    boolean due = threadsLeft(nowMillis) <= 0;
    lastThreadsMillis = due ? nowMillis : lastThreadsMillis;
    return due;
  }
}
