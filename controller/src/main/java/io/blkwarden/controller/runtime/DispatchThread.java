package io.blkwarden.controller.runtime;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The one thread on which commands are sent and answers come; it may wait a little. */
final class DispatchThread {
  private DispatchThread() {}

  static Scheduler start(String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return Schedulers.fromExecutorService(executor, name);
  }
}
