package io.blkwarden.controller.testing;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Result;
import io.blkwarden.model.message.Outcome.WorkerChange;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.testing.NatsServer;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A host with one guest that swaps at a set rate, and an agent that applies all commands; sends
 * samples every 200 ms and heartbeats every second over NATS.
 */
public final class ScriptedHost implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 200;

  private final HostId host;
  private final UUID run;
  private final FakeAgent agent;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final SampleFrame frame = new SampleFrame();
  private final AtomicLong ids = new AtomicLong(1_000_000);
  private volatile double iops;
  private volatile long epoch;
  private volatile CommandAction.@Nullable Set activeLease;
  private volatile long leaseEndsNanos = System.nanoTime();
  private long sequence;
  private double ios;

  /** How the agent answers; by default at once. */
  public volatile boolean answering = true;

  /** Connects; nothing is sent before {@link #live}. */
  public ScriptedHost(NatsServer server, HostId host) {
    this(server, host, Fleet.RUN);
  }

  /** Connects with this run ID of the agent. */
  public ScriptedHost(NatsServer server, HostId host, UUID run) {
    this.host = host;
    this.run = run;
    this.agent = Fleet.connect(server, host);
    agent.answers = this::answer;
  }

  /** Its agent. */
  public FakeAgent agent() {
    return agent;
  }

  /** The active lease, if any; it ends when it expires. */
  public CommandAction.@Nullable Set activeLease() {
    return leaseLeftMillis() > 0 ? activeLease : null;
  }

  private long leaseLeftMillis() {
    return TimeUnit.NANOSECONDS.toMillis(leaseEndsNanos - System.nanoTime());
  }

  /** Starts: publishes its map, then samples and heartbeats. */
  public void live() {
    publishMap();
    Future<?> _ =
        timer.scheduleAtFixedRate(quietly(this::sample), 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    Future<?> _ = timer.scheduleAtFixedRate(quietly(this::beat), 0, 1, TimeUnit.SECONDS);
  }

  /** Sets the swap rate, in IOPS. */
  public void swaps(double perSecond) {
    iops = perSecond;
  }

  private void publishMap() {
    try {
      agent.snapshot(Fleet.snapshot(host, run, 1, "vm176"));
    } catch (IOException | JetStreamApiException e) {
      throw new IllegalStateException(e);
    }
  }

  private void sample() {
    ios += iops * INTERVAL_MILLIS / 1_000;
    long now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    long done = (long) ios;
    frame.identify(run, 1, 1, ++sequence);
    frame.time(now, System.currentTimeMillis(), INTERVAL_MILLIS);
    frame.pressure(0, 0);
    for (var table : List.of(frame.disks(), frame.devices())) {
      table.reset(1);
      table.markPresent(0);
      table.set(SampleColumn.READ_IOS, 0, done);
      table.set(SampleColumn.READ_SECTORS, 0, done * 8);
      table.set(SampleColumn.READ_MS, 0, done * 40);
      table.set(SampleColumn.IO_MS, 0, iops > 100 ? sequence * INTERVAL_MILLIS : 0);
    }
    agent.sample(frame);
  }

  private void beat() {
    CommandAction.Set lease = activeLease();
    MappingSnapshot map = Fleet.snapshot(host, run, 1, "vm176");
    agent.beat(
        new Heartbeat(
                map.origin(), "test", 1_000 * sequence, "6.1.0", INTERVAL_MILLIS, map.devices())
            .with(
                epoch,
                lease == null
                    ? List.of()
                    : List.of(
                        new Heartbeat.HeldThrottle(
                            lease.lease(),
                            lease.domain(),
                            lease.vdev(),
                            lease.restraint(),
                            Math.max(1, leaseLeftMillis()),
                            null))));
  }

  private Optional<Outcome> answer(Command command) {
    epoch = Math.max(epoch, command.epoch());
    if (!answering) {
      return Optional.empty();
    }
    return Optional.of(
        switch (command.action()) {
          case CommandAction.Set set -> {
            CommandAction.Set before = activeLease();
            leaseEndsNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(set.leaseMs());
            activeLease = set;
            yield outcome(
                command,
                before != null && before.lease().equals(set.lease())
                    ? Result.RENEWED
                    : Result.APPLIED,
                set.lease(),
                set);
          }
          case CommandAction.Reset reset -> {
            CommandAction.Set ended = activeLease;
            activeLease = null;
            yield outcome(command, Result.RELEASED, reset.lease(), ended);
          }
          case CommandAction.ReleaseAll _ -> {
            activeLease = null;
            yield outcome(command, Result.DONE, null, null);
          }
          case CommandAction.Snapshot _ -> {
            publishMap();
            yield outcome(command, Result.DONE, null, null);
          }
        });
  }

  private Outcome outcome(
      Command command,
      Result result,
      @Nullable MessageId lease,
      CommandAction.@Nullable Set concerned) {
    DomainRef domain = concerned == null ? null : concerned.domain();
    boolean set = result == Result.APPLIED || result == Result.RENEWED;
    return new Outcome(
        Messages.id(ids.incrementAndGet()),
        host,
        Fleet.BOOT,
        Instant.now(),
        command.id(),
        lease,
        result,
        null,
        "as the script says",
        domain,
        concerned == null ? null : concerned.vdev(),
        concerned == null
            ? List.of()
            : List.of(
                new WorkerChange(
                    27444,
                    982213,
                    "137.xvda2-0",
                    set ? IoPriority.UNSET : lowered(concerned),
                    set ? lowered(concerned) : IoPriority.UNSET)),
        set && concerned != null ? concerned.leaseMs() : null,
        concerned == null ? null : concerned.restraint().limitOrNull(),
        null);
  }

  private static IoPriority lowered(CommandAction.Set set) {
    return switch (set.restraint()) {
      case Restraint.Priority(IoPriority priority) -> priority;
      case Restraint.Limit _ -> IoPriority.UNSET;
    };
  }

  /** A lost connection must not end the schedule. */
  private static Runnable quietly(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (IllegalStateException e) {
        Thread.onSpinWait(); // not connected at the moment
      }
    };
  }

  @Override
  public void close() {
    timer.shutdownNow();
    agent.close();
  }
}
