package io.blkwarden.controller.fleet;

import io.blkwarden.model.sample.SampleFrame;

/**
 * The order of a host's batches, by sequence numbers and the host's monotonic clock; mutable, owned
 * by one thread.
 *
 * <p>After one batch with a clock or number far ahead, all later ones would look old. So if batches
 * follow each other but not the last accepted one, they are accepted from the {@link #STRAYS_MAX}th
 * on; until then the host is unknown.
 */
final class BatchOrder {
  /** Number of consecutive batches out of order after which the last one is accepted. */
  static final int STRAYS_MAX = 3;

  /** Whether there is a last batch; changed here only. */
  boolean begun;

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

  /** Sets the last accepted batch. */
  void take(SampleFrame frame) {
    begun = true;
    strays = 0;
    lastMillis = frame.monotonicMillis();
    lastSequence = frame.sequence();
  }

  /** Time since the last accepted batch. */
  long windowMillis(SampleFrame frame) {
    return frame.monotonicMillis() - lastMillis;
  }

  /** Resets the order, for another run of the agent. */
  void restart() {
    begun = false;
    strays = 0;
  }
}
