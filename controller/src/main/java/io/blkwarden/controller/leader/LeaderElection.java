package io.blkwarden.controller.leader;

import io.blkwarden.commandline.service.FatalErrors;
import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.NatsConnection;
import io.blkwarden.controller.snapshot.ControllerCounters;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * The leader election: keeps the {@link LeaderLease} up to date, and publishes, logs and counts
 * changes of leadership.
 *
 * <p>It checks the lease each second and on events, one check at a time, on a scheduler of its own
 * that may block, so nothing else can delay a renewal. Leadership is published after the open
 * alerts, which are read on other threads.
 */
public final class LeaderElection implements AutoCloseable {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(LeaderElection.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(3);
  private static final long NEW_EPOCH_MILLIS = 30_000;

  private final LeaderLease lease;
  private final NatsConnection connection;
  private final Hooks hooks;
  private final InstantSource clock;
  private final Scheduler scheduler;
  private final Sinks.Many<Boolean> checks = Sinks.many().multicast().directBestEffort();
  private final Disposable.Swap subscription = Disposables.swap();
  private final AtomicLong observedEpoch = new AtomicLong();
  private final AtomicBoolean warned = new AtomicBoolean();
  private Leadership published = new Leadership.Unknown();
  private long newEpochMillis;

  /**
   * What the election needs of the bus.
   *
   * @param ready whether operators' input is read; before that this controller must not lead
   * @param openAlerts publishes the open alerts before leadership; whether they were accepted
   * @param publish publishes a change; whether it was accepted
   * @param failed handles a failed request, which is retried in any case
   */
  public record Hooks(
      BooleanSupplier ready,
      Mono<Boolean> openAlerts,
      Predicate<Leadership> publish,
      Consumer<IOException> failed,
      ControllerCounters counters) {}

  /**
   * Creates an election that is not started.
   *
   * @param scheduler one thread that may block, used for nothing else
   */
  public LeaderElection(
      LeaderLease lease,
      NatsConnection connection,
      Hooks hooks,
      InstantSource clock,
      Scheduler scheduler) {
    this.lease = lease;
    this.connection = connection;
    this.hooks = hooks;
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /** Starts to check the lease. */
  public void start() {
    subscription.update(
        Flux.merge(Flux.interval(INTERVAL, INTERVAL, scheduler).map(_ -> true), checks.asFlux())
            .onBackpressureLatest() // one check covers all earlier events
            .publishOn(scheduler, 1)
            .filter(_ -> update())
            .onBackpressureDrop() // checks continue while the open alerts are read
            .concatMap(_ -> hooks.openAlerts(), 0)
            .filter(accepted -> accepted)
            .doOnNext(_ -> publish())
            .subscribe(_ -> {}, e -> log.error("leader election has stopped: {}", e, e)));
  }

  /** Who leads now. */
  public Leadership leadership() {
    return lease.current();
  }

  /** Requests a check at once; thread-safe. */
  public void check() {
    synchronized (checks) {
      Sinks.EmitResult _ = checks.tryEmitNext(true);
    }
  }

  /** Handles a write to the bucket, of any controller. */
  public void onLeaseWritten(byte[] record) {
    if (lease.requiresCheck(record)) {
      check();
    }
  }

  /** Records the highest epoch that an agent has seen; thread-safe. */
  public void observeEpoch(long epoch) {
    if (!(leadership() instanceof Leadership.Leading leading) || epoch <= leading.epoch()) {
      return;
    }
    if (!lease.isPlausible(epoch)) {
      hooks.counters().epochsIgnored.increment();
      if (!warned.getAndSet(true)) {
        log.warn(
            "leader election: ignoring epoch {} of a heartbeat, more than a day ahead of this"
                + " controller's clock; /readyz lists the hosts that refuse this controller",
            epoch);
      }
      return;
    }
    if (observedEpoch.getAndAccumulate(epoch, Math::max) < epoch) {
      check();
    }
  }

  /**
   * Updates the lease and publishes changes other than gained leadership.
   *
   * @return whether gained leadership is to be published, after the open alerts
   */
  private boolean update() {
    try {
      updateLease();
    } catch (IOException e) {
      hooks.failed().accept(e);
    } catch (RuntimeException e) {
      log.error("leader election: unexpected: {}", e.toString(), e);
    } catch (Error e) { // Reactor would swallow it, and the checks would stop
      FatalErrors.report(e);
      throw e;
    }
    if (hasGained()) {
      return connection.isUp();
    }
    publish();
    return false;
  }

  private void updateLease() throws IOException {
    if (!hooks.ready().getAsBoolean() || !connection.isUp()) {
      return;
    }
    lease.observeEpoch(observedEpoch.get());
    boolean newEpoch = lease.isSuperseded() && mayTakeNewEpoch();
    if (newEpoch) {
      log.warn("an agent has seen a higher epoch than {}: taking a new epoch", lease.current());
    }
    lease.update(bucket(), newEpoch);
  }

  private Bucket bucket() throws IOException {
    return connection.bucket(JetStreamAssets.LEADER, REQUEST_TIMEOUT);
  }

  private synchronized boolean hasGained() {
    return leadership() instanceof Leadership.Leading now && !now.equals(published);
  }

  /** Publishes who leads if that has changed; one at a time, so in order. */
  private synchronized void publish() {
    Leadership now = leadership();
    if (!now.equals(published) && hooks.publish().test(now)) {
      published = now;
      log(now);
    }
  }

  private void log(Leadership now) {
    switch (now) {
      case Leadership.Leading(long epoch) -> {
        hooks.counters().leadershipGained.increment();
        log.info("became leader (epoch {})", epoch);
      }
      case Leadership.Following(String holder, long epoch) ->
          log.info(
              "standby: controller {} leads (epoch {}); taking over if its lease is not renewed"
                  + " for {} s",
              holder,
              epoch,
              LeaderLease.TAKEOVER_MILLIS / 1_000);
      case Leadership.Unknown _ when !lease.mayLead() ->
          log.warn("no controller leads, and this one has no valid policies, so it cannot");
      case Leadership.Unknown _ ->
          log.warn(
              "lost leadership: lease not renewed for {} s; no action until it is renewed",
              LeaderLease.VALID_MILLIS / 1_000);
    }
  }

  private boolean mayTakeNewEpoch() {
    long now = clock.millis();
    if (now - newEpochMillis < NEW_EPOCH_MILLIS) {
      return false;
    }
    newEpochMillis = now;
    return true;
  }

  /** Releases the lease, so that a standby takes over at once; blocks. */
  @Override
  public void close() {
    subscription.dispose();
    if (connection.isUp() && leadership() instanceof Leadership.Leading) {
      Mono.fromRunnable(this::release)
          .subscribeOn(scheduler)
          .timeout(RELEASE_TIMEOUT)
          .onErrorComplete()
          .block();
    }
  }

  private void release() {
    try {
      lease.release(bucket());
    } catch (IOException | IllegalStateException e) {
      log.debug("lease not released, it expires by itself: {}", e.toString());
    }
  }
}
