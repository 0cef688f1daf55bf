package io.blkwarden.controller.ingest;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to be the brain: one thread has it at a time, or nobody has.
 *
 * <p>A thread that brings work while nobody has the turn may do that work itself, for to wake
 * another costs more than most work does. All else is left to the brain's thread, which has the
 * turn from the start, gives it back when there is nothing to do, and gets it for whatever rings.
 */
final class Turn {
  /** Rings that whoever has the turn has not looked after yet; 0 while nobody has it. */
  private final AtomicInteger rings = new AtomicInteger(1);

  private volatile boolean handed;
  private volatile @Nullable Thread brain;

  /** There is work for the brain's thread; from any thread. */
  void ring() {
    if (rings.getAndIncrement() == 0) {
      hand();
    }
  }

  /** There is this work, to be done here and now unless somebody has the turn; from any thread. */
  void ring(Runnable work) {
    if (rings.getAndIncrement() != 0) {
      return;
    }
    boolean done = false;
    try {
      work.run();
      done = true;
    } finally {
      if (!done || !rings.compareAndSet(1, 0)) {
        hand();
      }
    }
  }

  private void hand() {
    handed = true;
    LockSupport.unpark(brain);
  }

  /** How many rings there were; what they were for can be seen now. */
  int rings() {
    return rings.get();
  }

  /** Gives the turn back; false, and it is kept, if there were more rings than these. */
  boolean giveBack(int lookedAfter) {
    return rings.addAndGet(-lookedAfter) == 0;
  }

  /** Keeps the turn, and these rings count no more. */
  void keep(int lookedAfter) {
    rings.addAndGet(1 - lookedAfter);
  }

  /** Waits for the turn; once the time is over it takes it, as soon as nobody has it. */
  void await(long atMostMillis) {
    brain = Thread.currentThread();
    if (!handed && atMostMillis > 0) {
      LockSupport.parkNanos(this, atMostMillis * 1_000_000);
    }
    if (!handed && rings.getAndIncrement() == 0) {
      return;
    }
    while (!handed) {
      LockSupport.park(this); // whoever has the turn hands it over, for it was rung
    }
    handed = false;
  }
}
