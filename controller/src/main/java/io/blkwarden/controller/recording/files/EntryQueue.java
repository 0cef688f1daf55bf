package io.blkwarden.controller.recording.files;

import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.ReceiveTime;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of entries to write; thread-safe, producers never block.
 *
 * <p>Samples are dropped above 3/4 of the capacity, everything at the capacity. Dropped messages
 * are counted and recorded as an {@link Entry.Loss}.
 */
public final class EntryQueue {
  /** Default capacity in bytes. */
  public static final long MAX_BYTES = 64L << 20;

  private static final int OVERHEAD = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final long maxBytes;
  private long bytes;
  private long samplesLost;
  private long controlLost;
  private boolean disconnected;
  private boolean closed;

  public EntryQueue(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Adds a message, or counts it as lost. */
  public void offer(Entry.Message message) {
    boolean sample = message.subject().startsWith("sample.");
    long limit = sample ? maxBytes - maxBytes / 4 : maxBytes;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (bytes + size(message) > limit) {
        samplesLost += sample ? 1 : 0;
        controlLost += sample ? 0 : 1;
        return;
      }
      loss(message.at());
      put(message);
    } finally {
      lock.unlock();
    }
  }

  /** Counts messages that were lost before they reached the queue. */
  public void missing(long samples, long control, boolean connectionLost) {
    lock.lock();
    try {
      samplesLost += samples;
      controlLost += control;
      disconnected |= connectionLost;
    } finally {
      lock.unlock();
    }
  }

  private void loss(ReceiveTime at) {
    if (samplesLost + controlLost > 0 || disconnected) {
      put(new Entry.Loss(at, samplesLost, controlLost, disconnected));
      samplesLost = 0;
      controlLost = 0;
      disconnected = false;
    }
  }

  private void put(Entry entry) {
    bytes += size(entry);
    entries.add(entry);
    filled.signal();
  }

  private static long size(Entry entry) {
    return switch (entry) {
      case Entry.Message message ->
          OVERHEAD + message.subject().length() + message.payload().length;
      case Entry.Loss _ -> OVERHEAD;
    };
  }

  /** Removes the oldest entry; null on timeout, or if the queue is closed and empty. */
  public @Nullable Entry poll(long millis) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (entries.isEmpty() && !closed && left > 0) {
        left = filled.awaitNanos(left);
      }
      Entry oldest = entries.poll();
      if (oldest != null) {
        bytes -= size(oldest);
      }
      return oldest;
    } finally {
      lock.unlock();
    }
  }

  /** Stops accepting entries; queued ones can still be removed. */
  public void close(ReceiveTime at) {
    lock.lock();
    try {
      loss(at);
      closed = true;
      filled.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether it is closed and empty. */
  public boolean done() {
    lock.lock();
    try {
      return closed && entries.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
