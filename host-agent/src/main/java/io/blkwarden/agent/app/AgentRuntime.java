package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.bus.PendingMessages;
import io.blkwarden.agent.kernel.ProcFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.xenstore.BackendTree;
import io.blkwarden.agent.xenstore.LabelTree;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * An agent; a process may run many. Its data flow is {@link AgentPipeline}.
 *
 * <p>A stop ends all leases and restores priorities and limits. After a crash, the next start takes
 * the leases over from the lease store.
 */
public final class AgentRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(AgentRuntime.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final AgentSettings settings;
  private final AgentPorts ports;
  private final UUID boot;
  private final AgentSchedulers schedulers = AgentSchedulers.create();
  private final AgentCore core;
  private final AgentPipeline pipeline;
  private final Sinks.One<Throwable> broken = Sinks.one();
  private final AtomicBoolean running = new AtomicBoolean();

  private AgentRuntime(
      AgentSettings settings,
      AgentPorts ports,
      AgentInbox inbox,
      Controllers controllers,
      UUID boot) {
    this.settings = settings;
    this.ports = ports;
    this.boot = boot;
    PendingMessages pending = new PendingMessages(controllers.journal());
    this.core = new AgentCore(settings, ports, pending, inbox, boot);
    this.pipeline = new AgentPipeline(core, inbox, pending, controllers, schedulers);
  }

  /**
   * Creates an agent.
   *
   * @param inbox receives events of xenstore and the kernel
   * @return failed if the boot id of the host cannot be read
   */
  public static ReadResult<AgentRuntime> create(
      AgentSettings settings, AgentPorts ports, AgentInbox inbox, Controllers controllers) {
    return ProcFiles.bootId(ports.files())
        .map(boot -> new AgentRuntime(settings, ports, inbox, controllers, boot));
  }

  /** Takes over leases of an earlier run, and starts. */
  public void start(FoundLeases found) {
    running.set(true);
    pipeline.start(found, this::failed);
    BackendTree.WATCHES.forEach(this::watch);
    watch(LabelTree.ROOT);
    LOG.info(
        "agent of {} runs: boot {}, interval {} ms{}",
        settings.host(),
        boot,
        settings.interval().toMillis(),
        settings.readOnly() ? ", read-only" : "");
  }

  private void watch(String path) {
    ports.xenStore().watch(path, path).ifPresent(why -> LOG.warn("xenstore watch failed: {}", why));
  }

  private void failed(Throwable failure) {
    // report first: logging may fail without memory
    if (broken.tryEmitValue(failure).isSuccess()) {
      LOG.error("the agent failed", failure);
    }
  }

  /**
   * Completes with the reason if the agent fails, as after an {@link Error}. It no longer ends
   * leases and must be restarted.
   */
  public Mono<Throwable> broken() {
    return broken.asMono();
  }

  /**
   * The current state.
   *
   * @param disks whether to include counters of disks
   */
  public Mono<AgentSnapshot> snapshot(boolean disks) {
    return Mono.fromCallable(() -> core.snapshot(disks)).subscribeOn(schedulers.core());
  }

  /**
   * The state without counters of disks, at an interval, while the agent's threads make progress: a
   * hanging agent emits nothing. The first element follows the first scan. Elements are emitted on
   * the agent's core thread.
   *
   * @param every the interval
   */
  public Flux<AgentSnapshot> alive(Duration every) {
    return pipeline.alive(every);
  }

  /** Ends all leases, publishes their outcomes, and stops. Idempotent. */
  public void stop() {
    stop(true);
  }

  /** Stops and leaves the leases to the next agent, which must start at once. Idempotent. */
  public void handOver() {
    LOG.info("the leases are left to the next agent");
    stop(false);
  }

  private void stop(boolean restore) {
    if (!running.getAndSet(false)) {
      return;
    }
    pipeline.endInputs();
    if (restore && !done(task(core::endAll, schedulers.leases()))) {
      LOG.error("leases not ended within {}; the next start ends them", STOP_TIMEOUT);
    }
    if (restore && !done(task(core.queues()::restoreNow, schedulers.queues()))) {
      LOG.error(
          "queue settings not restored within {}; the next start restores them", STOP_TIMEOUT);
    }
    boolean _ = done(task(core::heartbeat, schedulers.core()));
    boolean _ = done(pipeline.settled());
    pipeline.endEffects();
    schedulers.dispose();
    LOG.info("agent of {} has stopped", settings.host());
  }

  private static Mono<Void> task(Runnable work, Scheduler where) {
    return Mono.<Void>fromRunnable(work).subscribeOn(where);
  }

  /** Whether work was done in time; its thread may be blocked. */
  private static boolean done(Mono<Void> work) {
    try {
      Void _ = work.block(STOP_TIMEOUT);
      return true;
    } catch (RuntimeException e) { // also when this thread is interrupted
      LOG.debug("stop step not done in time", e);
      return false;
    }
  }
}
