package io.blkwarden.agent.app;

import java.util.List;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The four threads of an agent. Each may block on something that must not block the others, which
 * threads of Reactor must not.
 *
 * @param core the state; blocks on files and xenstore
 * @param leases the expiry of leases; blocks on the lease file and {@code /proc} only
 * @param queues queue settings; blocks until a device's requests are done
 * @param nats the NATS client; blocks on the server and the outcome journal
 */
record AgentSchedulers(Scheduler core, Scheduler leases, Scheduler queues, Scheduler nats) {
  static AgentSchedulers create() {
    return new AgentSchedulers(
        thread("agent-core"), thread("agent-leases"), thread("agent-queues"), thread("agent-nats"));
  }

  private static Scheduler thread(String name) {
    return Schedulers.newSingle(Thread.ofPlatform().daemon().name(name).factory());
  }

  void dispose() {
    List.of(core, leases, queues, nats).forEach(Scheduler::dispose);
  }
}
