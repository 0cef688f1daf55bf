package io.blkwarden.controller.bus;

import io.blkwarden.commandline.service.FatalErrors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that may wait for NATS; errands run one after the other.
 *
 * <p>An errand that throws is logged and over; once closed, errands are ignored.
 */
final class Errands implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Errands.class);

  private final ScheduledExecutorService thread;

  Errands(String name) {
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread worker = new Thread(task, name);
              worker.setDaemon(true);
              return worker;
            });
  }

  void soon(Runnable errand) {
    later(0, errand);
  }

  void later(long delayMillis, Runnable errand) {
    try {
      Future<?> _ = thread.schedule(() -> guarded(errand), delayMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("closed: an errand is left undone");
    }
  }

  void each(long seconds, Runnable errand) {
    Future<?> _ =
        thread.scheduleWithFixedDelay(() -> guarded(errand), seconds, seconds, TimeUnit.SECONDS);
  }

  private static void guarded(Runnable errand) {
    try {
      errand.run();
    } catch (RuntimeException e) {
      log.error("unexpected: {}", e.toString(), e);
    } catch (Error e) { // the executor would keep it to itself, and the claim be looked at no more
      FatalErrors.report(e);
      throw e;
    }
  }

  /** Interrupts what runs, waits a second for its end, and forgets the rest. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      boolean _ = thread.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
