package io.blkwarden.controller.fleet;

import io.blkwarden.model.sample.SampleFrame;

/**
 * The order of a host's batches, by their sequence numbers and by the host's monotonic clock.
 *
 * <p>One batch with a clock or a number far ahead would make all later ones look old. So batches
 * that follow each other, but not the last one taken, are taken from the {@link #STRAYS_MAX}th on:
 * the host is unknown for as many intervals, and evaluated again from there. Mutable, owned by one
 * thread.
 */
final class BatchOrder {
  /** Number of consecutive batches out of order after which the last one is accepted. */
  static final int STRAYS_MAX = 3;

  private boolean begun;
  private long lastMillis;
  private long lastSequence;
  private int strays;
  private long strayMillis;
  private long straySequence;

  /** Whether a batch is accepted: it is in order, or the last of {@link #STRAYS_MAX} strays. */
  boolean follows(SampleFrame frame) {
    if (!begun || newer(frame, lastMillis, lastSequence)) {
      return true;
    }
    strays = strays > 0 && newer(frame, strayMillis, straySequence) ? strays + 1 : 1;
    strayMillis = frame.monotonicMillis();
    straySequence = frame.sequence();
    if (strays < STRAYS_MAX) {
      return false;
    }
    begun = false;
    return true;
  }

  private static boolean newer(SampleFrame frame, long millis, long sequence) {
    return frame.monotonicMillis() > millis && frame.sequence() > sequence;
  }

  /** Takes a batch as the last one. */
  void take(SampleFrame frame) {
    begun = true;
    strays = 0;
    lastMillis = frame.monotonicMillis();
    lastSequence = frame.sequence();
  }

  /** Whether there is a batch that the next one can be compared with. */
  boolean begun() {
    return begun;
  }

  /** Time since the last batch that was taken. */
  long windowMillis(SampleFrame frame) {
    return frame.monotonicMillis() - lastMillis;
  }

  /** Forgets all, for another run of the agent. */
  void restart() {
    begun = false;
    strays = 0;
  }
}
