package io.blkwarden.agent.app;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The four threads of an agent, each of which may have to wait for something that the others must
 * not wait for. None is one of Reactor's own: those must never block.
 *
 * @param core the state; reads files and xenstore
 * @param leases the ends of leases; waits for the lease file and {@code /proc} at most
 * @param queues the devices' queues; waits until a device's requests are done
 * @param nats the NATS client; waits for a server that does not read, and for the outcome journal
 */
record AgentSchedulers(Scheduler core, Scheduler leases, Scheduler queues, Scheduler nats) {
  static AgentSchedulers create() {
    return new AgentSchedulers(
        thread("agent-core"), thread("agent-leases"), thread("agent-queues"), thread("agent-nats"));
  }

  private static Scheduler thread(String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true); // or each input would leave its timer behind
    return Schedulers.fromExecutorService(executor, name);
  }

  void dispose() {
    core.dispose();
    leases.dispose();
    queues.dispose();
    nats.dispose();
  }
}
