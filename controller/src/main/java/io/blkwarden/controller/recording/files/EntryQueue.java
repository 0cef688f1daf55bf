package io.blkwarden.controller.recording.files;

import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.ReceiveTime;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Entries on their way to the disk; safe for use by several threads, and never makes a sender wait.
 *
 * <p>Holds a bound of bytes. Above three quarters of it samples are left out, at it everything is;
 * what was left out is counted and comes out as a {@link Entry.Loss} where it is missing.
 */
public final class EntryQueue {
  /** Bytes held unless told otherwise. */
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

  /**
   * An empty queue.
   *
   * @param maxBytes most bytes held
   */
  public EntryQueue(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Takes a message, or counts it as lost. */
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

  /** Takes note that messages are missing that never came here. */
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

  /** The oldest entry; null when none came in time, or when the queue is closed and empty. */
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

  /** Takes nothing any more; what is held can still be taken out. */
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

  /** Whether it is closed and all was taken out. */
  public boolean done() {
    lock.lock();
    try {
      return closed && entries.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
