package io.blkwarden.controller.recording.files;

import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes entries to disk through a bounded queue; thread-safe, producers never block.
 *
 * <p>Samples are dropped above 3/4 of the capacity, everything at the capacity. Dropped messages
 * are counted and recorded as an {@link Entry.Loss}.
 */
public final class Recorder {
  /** Default capacity in bytes. */
  public static final long MAX_BYTES = 64L << 20;

  private static final int OVERHEAD = 100;
  private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long POLL_MILLIS = 200;

  private final LinkedBlockingQueue<Entry> entries = new LinkedBlockingQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final long maxBytes;
  private Entry.@Nullable Loss missing;
  private volatile boolean closed;
  private long samples;
  private long others;
  private long lost;
  private boolean disconnected;

  /**
   * An empty queue.
   *
   * @param maxBytes its capacity
   */
  public Recorder(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Adds a message, or counts it as lost. */
  public synchronized void offer(Entry.Message message) {
    if (closed) {
      return;
    }
    boolean sample = message.sample();
    if (bytes.get() + size(message) > (sample ? maxBytes - maxBytes / 4 : maxBytes)) {
      missing(message.at(), sample ? 1 : 0, sample ? 0 : 1, false);
    } else {
      putMissing(message.at());
      put(message);
    }
  }

  /** Counts messages that were lost before they reached the queue. */
  public synchronized void missing(
      ReceiveTime at, long samplesLost, long controlLost, boolean connectionLost) {
    Entry.Loss before = missing == null ? new Entry.Loss(at, 0, 0, false) : missing;
    missing =
        new Entry.Loss(
            at,
            before.samples() + samplesLost,
            before.control() + controlLost,
            before.disconnected() || connectionLost);
  }

  private void putMissing(ReceiveTime at) {
    if (missing != null) {
      put(new Entry.Loss(at, missing.samples(), missing.control(), missing.disconnected()));
      missing = null;
    }
  }

  private void put(Entry entry) {
    bytes.addAndGet(size(entry));
    entries.add(entry);
  }

  private static long size(Entry entry) {
    return entry instanceof Entry.Message message
        ? OVERHEAD + message.subject().length() + message.payload().length
        : OVERHEAD;
  }

  /** Stops accepting entries; queued ones are still written. */
  public synchronized void close(ReceiveTime at) {
    if (!closed) {
      putMissing(at);
      closed = true;
    }
  }

  /**
   * Writes until it is closed and empty; flushes every second.
   *
   * @param eachSecond called about once per second, on this thread
   * @throws IOException if writing fails
   */
  public void run(RecordingFolder folder, Runnable eachSecond)
      throws IOException, InterruptedException {
    long next = System.nanoTime() + FLUSH_NANOS;
    while (!closed || !entries.isEmpty()) {
      Entry entry = entries.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
      if (entry != null) {
        bytes.addAndGet(-size(entry));
        folder.add(entry);
        count(entry);
      }
      if (System.nanoTime() - next >= 0) {
        next = System.nanoTime() + FLUSH_NANOS;
        folder.flush();
        eachSecond.run();
      }
    }
    folder.flush();
  }

  private void count(Entry entry) {
    switch (entry) {
      case Entry.Message message when message.sample() -> samples++;
      case Entry.Message _ -> others++;
      case Entry.Loss loss -> {
        lost += loss.samples() + loss.control();
        disconnected |= loss.disconnected();
      }
    }
  }

  /** Sample batches written. */
  public long samples() {
    return samples;
  }

  /** Other messages written. */
  public long others() {
    return others;
  }

  /** Lost messages. */
  public long lost() {
    return lost;
  }

  /** Whether the connection was lost, so that more may be missing. */
  public boolean disconnected() {
    return disconnected;
  }
}
