package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.BusHealth;
import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.bus.PendingMessages;
import io.blkwarden.agent.kernel.BootId;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.Outcomes;
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
 * An agent that can be started and stopped, also many of them in one process. What flows through it
 * is in {@link AgentPipeline}.
 *
 * <p>An orderly stop ends all leases and restores what they changed. After a crash, the next start
 * takes them over from the lease store.
 */
public final class AgentRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(AgentRuntime.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

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
    BusHealth health = new BusHealth();
    PendingMessages pending = new PendingMessages(controllers.journal(), health);
    this.core = new AgentCore(settings, ports, pending, inbox, boot);
    this.pipeline =
        new AgentPipeline(
            core,
            inbox,
            pending,
            health,
            controllers,
            settings.host(),
            ports.monotonicMillis(),
            new Outcomes(settings.host(), boot, ports.wall(), ports.random()),
            schedulers);
  }

  /**
   * Makes an agent.
   *
   * @param inbox where xenstore and kernel events are left; made first, as they need it
   * @return failed when the host's boot id cannot be read, without which nothing is certain
   */
  public static ReadResult<AgentRuntime> create(
      AgentSettings settings, AgentPorts ports, AgentInbox inbox, Controllers controllers) {
    return BootId.read(ports.files())
        .map(boot -> new AgentRuntime(settings, ports, inbox, controllers, boot.id()));
  }

  /** Takes over what an earlier run left, and starts. */
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
    ports.xenStore().watch(path, path).ifPresent(why -> LOG.warn("xenstore watch: {}", why));
  }

  private void failed(Throwable failure) {
    // First: without memory nothing can be written either.
    if (broken.tryEmitValue(failure).isSuccess()) {
      LOG.error("the agent's inputs ended", failure);
    }
  }

  /**
   * Completes with the reason if the agent can no longer do its work, as after an {@link Error}: it
   * does not end leases any more and must be stopped and started again.
   */
  public Mono<Throwable> broken() {
    return broken.asMono();
  }

  /**
   * What the agent knows, as soon as its thread has time.
   *
   * @param disks whether counters of disks are wanted
   */
  public Mono<AgentSnapshot> reading(boolean disks) {
    return Mono.fromCallable(() -> core.reading(disks)).subscribeOn(schedulers.core());
  }

  /**
   * What the agent knows, without counters of disks, for as long as it lives: each time that the
   * thread of its leases has looked at them, and its own thread has taken a turn since the last
   * element. The first one comes after the first scan of the host. An agent that hangs is silent.
   * Elements come on the agent's own thread.
   *
   * @param every time between two elements
   */
  public Flux<AgentSnapshot> alive(Duration every) {
    return pipeline.alive(every);
  }

  /** Ends all leases, publishes their outcomes, and ends. Does nothing the second time. */
  public void stop() {
    stop(true);
  }

  /**
   * Ends, and leaves all leases as they are to the next agent, which must start at once. Does
   * nothing the second time.
   */
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
      LOG.error("the leases could not be ended within {}; the next start will", STOP_PATIENCE);
    }
    if (restore && !done(task(core.queues()::putBackNow, schedulers.queues()))) {
      LOG.error("the queues could not be put back within {}; the next start will", STOP_PATIENCE);
    }
    boolean _ = done(task(core::stop, schedulers.core()));
    boolean _ = done(pipeline.settled());
    pipeline.endEffects();
    schedulers.dispose();
    LOG.info("agent of {} has stopped", settings.host());
  }

  private static Mono<Void> task(Runnable work, Scheduler where) {
    return Mono.<Void>fromRunnable(work).subscribeOn(where);
  }

  /** Whether something was done in time; its thread may be waiting for something else. */
  private static boolean done(Mono<Void> work) {
    try {
      Void _ = work.block(STOP_PATIENCE);
      return true;
    } catch (RuntimeException e) { // also when this thread is interrupted
      LOG.debug("not done", e);
      return false;
    }
  }
}
