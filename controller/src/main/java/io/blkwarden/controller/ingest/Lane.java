package io.blkwarden.controller.ingest;

import io.blkwarden.controller.step.Input;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of one partition of hosts that the brain has not seen; safe for use by several
 * threads.
 *
 * <p>Control inputs keep their order and are refused at the bound. Samples come behind them, one
 * batch of each host at most: the latest.
 */
final class Lane {
  /** Most control inputs that wait. */
  static final int LIMIT = 1_024;

  /** Room above {@link #LIMIT} that only what became of commands may take. */
  static final int OUTCOME_ROOM = 1_024;

  private record Waiting(Input input, int bytes) {}

  private final Turn turn;
  private final AtomicLong waitingBytes;
  private final long maxWaitingBytes;
  private final ArrayDeque<Waiting> control = new ArrayDeque<>();

  /** Whether none waits, so that the brain, which looks at all lanes in turn, needs no lock. */
  private volatile boolean empty = true;

  private final Queue<SampleSlot> ready = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Consumer<Lane> here;

  Lane(Turn turn, AtomicLong waitingBytes, long maxWaitingBytes) {
    this.turn = turn;
    this.waitingBytes = waitingBytes;
    this.maxWaitingBytes = maxWaitingBytes;
  }

  /**
   * Adds a control input; false at a bound, of this lane or of all lanes' bytes.
   *
   * @param bytes length of the message that it came from
   * @param limit most inputs that may wait before this one
   */
  boolean offer(Input input, int bytes, int limit) {
    synchronized (control) {
      if (control.size() >= limit || waitingBytes.get() + bytes > maxWaitingBytes) {
        return false;
      }
      waitingBytes.addAndGet(bytes);
      control.add(new Waiting(input, bytes));
      empty = false;
    }
    ring(input instanceof Input.Beat);
    return true;
  }

  /** The oldest control input, or none. */
  @Nullable Input poll() {
    if (empty) {
      return null;
    }
    synchronized (control) {
      Waiting oldest = control.poll();
      if (oldest == null) {
        return null;
      }
      empty = control.isEmpty();
      waitingBytes.addAndGet(-oldest.bytes());
      return oldest.input();
    }
  }

  void ready(SampleSlot slot) {
    ready.add(slot);
    ring(true);
  }

  /** Small work, and much of it, is done where it comes. */
  private void ring(boolean small) {
    Consumer<Lane> taker = here;
    if (small && taker != null) {
      turn.ring(() -> taker.accept(this));
    } else {
      turn.ring();
    }
  }

  /** Lets the thread that brings something do what is to be done with it. */
  void takenBy(Consumer<Lane> taker) {
    here = taker;
  }

  @Nullable SampleSlot pollSamples() {
    return ready.poll();
  }
}
