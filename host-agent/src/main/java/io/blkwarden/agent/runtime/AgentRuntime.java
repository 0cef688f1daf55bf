package io.blkwarden.agent.runtime;

import io.blkwarden.agent.bus.BusListener;
import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.probe.BootId;
import io.blkwarden.agent.probe.Reading;
import io.blkwarden.agent.throttle.FoundLeases;
import io.blkwarden.agent.throttle.Outcomes;
import io.blkwarden.agent.xenstore.BackendTree;
import io.blkwarden.agent.xenstore.LabelTree;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * An agent that can be started and stopped, also many of them in one process.
 *
 * <p>All inputs meet on one thread, {@code agent-core}, and are handled there one by one; leases
 * end on another, {@code agent-leases}, whatever the first one waits for, and devices' queues are
 * set on a third, {@code agent-queues}. Ticks that find it busy are dropped; for the bounds of
 * changes and commands see {@link AgentInbox}.
 *
 * <p>An orderly stop ends all leases and restores what they changed. After a crash, the next start
 * takes them over from the lease store.
 */
public final class AgentRuntime {
  /** Least time between two ticks, whatever is due. */
  private static final long LEAST_TICK_MILLIS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(AgentRuntime.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final AgentSettings settings;
  private final AgentPorts ports;
  private final AgentInbox inbox;
  private final UUID boot;
  // Not one of Reactor's own single schedulers: this thread reads files, and may wait for them.
  private final Scheduler thread =
      Schedulers.fromExecutorService(
          Executors.newSingleThreadScheduledExecutor(named("agent-core")), "agent-core");
  private final Scheduler leaseThread =
      Schedulers.fromExecutorService(
          Executors.newSingleThreadScheduledExecutor(named("agent-leases")), "agent-leases");
  private final Scheduler queueThread =
      Schedulers.fromExecutorService(
          Executors.newSingleThreadScheduledExecutor(named("agent-queues")), "agent-queues");
  private final CompletableFuture<Throwable> broken = new CompletableFuture<>();
  private final AgentCore core;
  private final Outcomes refusals;
  private @Nullable Disposable inputs;

  // A thread that wakes for nothing costs more than most of what it does when there is something.
  private final Disposable.Swap nextTick = Disposables.swap();
  private final Disposable.Swap nextEnd = Disposables.swap();
  private final Disposable.Swap nextLook = Disposables.swap();
  private final CountDownLatch takenOver = new CountDownLatch(1);
  private boolean tickPlanned;
  private long nextTickMillis;
  private long ticks;
  private long ticksTold;

  private AgentRuntime(AgentSettings settings, AgentPorts ports, AgentInbox inbox, UUID boot) {
    this.settings = settings;
    this.ports = ports;
    this.inbox = inbox;
    this.boot = boot;
    this.core = new AgentCore(settings, ports, inbox, boot);
    this.refusals = new Outcomes(settings.host(), boot, ports.wall(), ports.random());
  }

  /**
   * Makes an agent.
   *
   * @param inbox where xenstore and kernel events are left; made first, as they need it
   * @return failed when the host's boot id cannot be read, without which nothing is certain
   */
  public static Reading<AgentRuntime> create(
      AgentSettings settings, AgentPorts ports, AgentInbox inbox) {
    return BootId.read(ports.files())
        .map(boot -> new AgentRuntime(settings, ports, inbox, boot.id()));
  }

  /** Takes over what an earlier run left, and begins. */
  public void start(FoundLeases found) {
    // First of all, for an earlier run's leases may be over: everything else takes its time.
    leaseThread.schedule(() -> takeOver(found));
    leaseThread.schedule(this::endDue);
    queueThread.schedule(this::lookAtQueues);
    // Before any input: a command must not take an earlier run's priority for somebody else's.
    thread.schedule(this::awaitTakenOver);
    BackendTree.WATCHES.forEach(this::watch);
    watch(LabelTree.ROOT);
    inputs =
        Flux.merge(
                1, // more would wait here, beyond the inbox's own bounds
                Flux.just(new AgentInput.Tick()),
                inbox.changes().publishOn(thread, 1),
                inbox.commands().publishOn(thread, 1))
            .subscribeOn(thread) // or the first input is handled by whoever starts the agent
            .subscribe(this::take, this::inputsEnded);
    ports.bus().start(new Hearing());
    LOG.info(
        "agent of {} runs: boot {}, interval {} ms{}",
        settings.host(),
        boot,
        settings.interval().toMillis(),
        settings.readOnly() ? ", read-only" : "");
  }

  private void take(AgentInput input) {
    if (input instanceof AgentInput.Changed && !inbox.takeChange()) {
      return; // a scan has begun since, and saw it
    }
    handle(input);
    if (tickPlanned && ports.monotonicMillis().getAsLong() >= nextTickMillis) {
      // Inputs without end keep this thread, and with it the planned tick, from getting there.
      tickPlanned = false;
      handle(new AgentInput.Tick());
    }
    tickAfter(Math.max(LEAST_TICK_MILLIS, core.untilNextTick()));
  }

  private void handle(AgentInput input) {
    core.on(input);
    if (input instanceof AgentInput.Tick) {
      ticks++;
    }
  }

  /** Plans the next tick. One that comes earlier stays: inputs must not put it off. */
  private void tickAfter(long waitMillis) {
    long at = ports.monotonicMillis().getAsLong() + waitMillis;
    if (!tickPlanned || at < nextTickMillis) {
      tickPlanned = true;
      nextTickMillis = at;
      nextTick.update(thread.schedule(this::tick, waitMillis, TimeUnit.MILLISECONDS));
    }
  }

  private void tick() {
    tickPlanned = false;
    try {
      take(new AgentInput.Tick());
    } catch (Error e) {
      inputsEnded(e);
      throw e;
    }
  }

  private static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private void takeOver(FoundLeases found) {
    try {
      core.start(found);
    } catch (RuntimeException e) {
      inputsEnded(e);
    } finally {
      takenOver.countDown();
    }
  }

  private void awaitTakenOver() {
    try {
      takenOver.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void endDue() {
    try {
      core.endDue();
    } catch (RuntimeException | Error e) { // else no lease would ever end again
      inputsEnded(e);
      throw e;
    }
    nextEnd.update(leaseThread.schedule(this::endDue, core.untilNextEnd(), TimeUnit.MILLISECONDS));
  }

  private void lookAtQueues() {
    core.queues().look();
    if (!core.queues().idle()) {
      nextLook.update(
          queueThread.schedule(this::lookAtQueues, QueueKeeper.LOOK_MILLIS, TimeUnit.MILLISECONDS));
    }
  }

  private void inputsEnded(Throwable failure) {
    broken.complete(failure); // first: without memory nothing can be written either
    LOG.error("the agent's inputs ended", failure);
  }

  /**
   * Completes if the agent can no longer do its work, as after an {@link Error}: whoever runs it
   * stops it and starts it anew, for it does not end leases any more.
   */
  public CompletableFuture<Throwable> broken() {
    return broken.copy();
  }

  /**
   * What the agent knows, some time: its thread may wait for something else just now.
   *
   * @param disks whether counters of disks are wanted
   */
  public CompletableFuture<AgentReading> reading(boolean disks) {
    CompletableFuture<AgentReading> answer = new CompletableFuture<>();
    thread.schedule(() -> {
      try {
        answer.complete(core.reading(disks));
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    });
    return answer;
  }

  /**
   * Calls back on the agent's own thread for as long as the agent lives: each time that the thread
   * of its leases has looked at them, and its own thread has taken a turn since the last call. The
   * first call comes after the first look at the host. An agent that hangs falls silent.
   *
   * @param every time between two calls
   * @param alive gets what the agent knows, without counters of disks; must not wait
   */
  public void whileAlive(Duration every, Consumer<AgentReading> alive) {
    Disposable _ =
        leaseThread.schedulePeriodically(
            () -> thread.schedule(() -> tell(alive)), 0, every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tell(Consumer<AgentReading> alive) {
    if (ticks > ticksTold) {
      ticksTold = ticks;
      alive.accept(core.reading(false));
    }
  }

  private void watch(String path) {
    ports.xenStore().watch(path, path).ifPresent(why -> LOG.warn("xenstore watch: {}", why));
  }

  /** The bus's listener: commands that find no room are refused right here. */
  private final class Hearing implements BusListener {
    @Override
    public void connected() {
      inbox.connected();
    }

    @Override
    public void disconnected(String reason) {
      inbox.disconnected(reason);
    }

    @Override
    public boolean command(IncomingCommand command) {
      boolean taken = inbox.command(command);
      if (!taken) {
        Optional<MessageId> id =
            command.command() instanceof Decoded.Ok<Command>(Command known)
                ? Optional.of(known.id())
                : Optional.empty();
        Outcome refused =
            refusals.refused(
                id.orElse(null),
                Outcome.Refusal.OVERLOADED,
                "expected at most %d commands to wait".formatted(AgentInbox.MAX_COMMANDS));
        command.reply().accept(refused);
        ports.bus().outcome(refused);
      }
      return taken;
    }
  }

  /** Ends all leases, says so, and ends. Does nothing the second time. */
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
    Disposable running = inputs;
    if (running == null) {
      return;
    }
    inputs = null;
    running.dispose();
    nextTick.dispose();
    nextEnd.dispose();
    if (restore && !done(leaseThread, core::endAll)) {
      LOG.error("the leases could not be ended within {}; the next start will", STOP_PATIENCE);
    }
    nextLook.dispose();
    if (restore && !done(queueThread, core.queues()::putBackNow)) {
      LOG.error("the queues could not be put back within {}; the next start will", STOP_PATIENCE);
    }
    boolean _ = done(thread, core::stop);
    ports.bus().stop(STOP_PATIENCE);
    thread.dispose();
    leaseThread.dispose();
    queueThread.dispose();
    LOG.info("agent of {} has stopped", settings.host());
  }

  /** Whether the task was done in time on its thread, which may be waiting for something else. */
  private static boolean done(Scheduler where, Runnable task) {
    CountDownLatch done = new CountDownLatch(1);
    where.schedule(() -> {
      try {
        task.run();
      } finally {
        done.countDown();
      }
    });
    try {
      return done.await(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
