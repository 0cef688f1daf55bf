package io.blkwarden.controller.nats;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Schedulers whose threads may wait for the server; all are daemons, and have names. */
public final class WaitingThreads {
  private static final int IDLE_SECONDS = 60;

  private WaitingThreads() {}

  /** One thread, for one duty. */
  public static Scheduler one(String name) {
    return Schedulers.newSingle(task -> daemon(task, name));
  }

  /**
   * Several threads, which end when they are idle; what finds no place in the queue is rejected.
   *
   * @param waiting most tasks that wait for each thread
   */
  public static Scheduler some(String name, int threads, int waiting) {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory factory = task -> daemon(task, name + "-" + number.incrementAndGet());
    return Schedulers.newBoundedElastic(threads, waiting, factory, IDLE_SECONDS);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
