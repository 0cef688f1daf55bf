package io.blkwarden.controller.nats;

import java.util.concurrent.ThreadFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Schedulers with named daemon threads that may block. */
public final class BlockingSchedulers {
  private static final int IDLE_SECONDS = 60;

  private BlockingSchedulers() {}

  /** One thread. */
  public static Scheduler single(String name) {
    return Schedulers.newSingle(Thread.ofPlatform().daemon().name(name).factory());
  }

  /**
   * A pool whose threads end when idle; rejects tasks when the queues are full.
   *
   * @param waiting most tasks queued for each thread
   */
  public static Scheduler pool(String name, int threads, int waiting) {
    ThreadFactory factory = Thread.ofPlatform().daemon().name(name + "-", 1).factory();
    return Schedulers.newBoundedElastic(threads, waiting, factory, IDLE_SECONDS);
  }
}
