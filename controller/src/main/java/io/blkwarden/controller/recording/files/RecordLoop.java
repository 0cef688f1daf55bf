package io.blkwarden.controller.recording.files;

import io.blkwarden.controller.recording.Entry;
import java.io.IOException;
import java.util.function.LongSupplier;

/** Writes queued entries to disk; flushes every second. */
public final class RecordLoop {
  private static final long FLUSH_MILLIS = 1_000;
  private static final long POLL_MILLIS = 200;

  private final EntryQueue queue;
  private final RecordingFolder folder;
  private final LongSupplier monotonicMillis;
  private long samples;
  private long others;
  private long lost;
  private boolean disconnected;

  /**
   * A loop.
   *
   * @param monotonicMillis a monotonic clock in ms
   */
  public RecordLoop(EntryQueue queue, RecordingFolder folder, LongSupplier monotonicMillis) {
    this.queue = queue;
    this.folder = folder;
    this.monotonicMillis = monotonicMillis;
  }

  /**
   * Writes until the queue is closed and empty.
   *
   * @param eachSecond called about once per second, on this thread
   * @throws IOException if writing fails
   */
  public void run(Runnable eachSecond) throws IOException, InterruptedException {
    long next = monotonicMillis.getAsLong() + FLUSH_MILLIS;
    while (!queue.done()) {
      Entry entry = queue.poll(POLL_MILLIS);
      if (entry != null) {
        folder.add(entry);
        count(entry);
      }
      long now = monotonicMillis.getAsLong();
      if (now >= next) {
        next = now + FLUSH_MILLIS;
        folder.flush();
        eachSecond.run();
      }
    }
    folder.flush();
  }

  private void count(Entry entry) {
    switch (entry) {
      case Entry.Message message -> {
        boolean sample = message.subject().startsWith("sample.");
        samples += sample ? 1 : 0;
        others += sample ? 0 : 1;
      }
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
