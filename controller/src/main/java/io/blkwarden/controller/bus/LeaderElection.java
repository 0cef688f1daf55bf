package io.blkwarden.controller.bus;

import io.blkwarden.commandline.service.FatalErrors;
import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.NatsLink;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Keeps this controller's claim, and logs, counts and tells its changes.
 *
 * <p>It looks each second and when there is a reason, one look at a time, on a scheduler of its own
 * that may wait for the server: nothing else can delay a renewal. A claim is told after the alerts
 * that are open, which are read elsewhere.
 */
final class LeaderElection implements AutoCloseable {
  /** An answer that comes later than this is too late. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(LeaderElection.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration RELEASE = Duration.ofSeconds(3);
  private static final long RECLAIM_MILLIS = 30_000;

  private final LeaderLease lease;
  private final NatsLink link;
  private final BooleanSupplier prepared;
  private final OpenAlerts openAlerts;
  private final SharedStates shared;
  private final Consumer<IOException> failed;
  private final InstantSource clock;
  private final BusCounters counters;
  private final Scheduler scheduler;
  private final Sinks.Many<Boolean> looks = Sinks.many().multicast().directBestEffort();
  private final Disposable.Swap life = Disposables.swap();
  private final AtomicLong noticed = new AtomicLong();
  private final AtomicBoolean warned = new AtomicBoolean();
  private Leadership told = new Leadership.Unknown();
  private long lastReclaimMillis;

  /**
   * A desk that has not claimed.
   *
   * @param prepared whether operators' input is read, before which it must not claim
   * @param failed is told why a request failed; it is tried again in any case
   * @param scheduler one thread that may wait, used for nothing else
   */
  LeaderElection(
      LeaderLease lease,
      NatsLink link,
      BooleanSupplier prepared,
      OpenAlerts openAlerts,
      SharedStates shared,
      Consumer<IOException> failed,
      InstantSource clock,
      BusCounters counters,
      Scheduler scheduler) {
    this.lease = lease;
    this.link = link;
    this.prepared = prepared;
    this.openAlerts = openAlerts;
    this.shared = shared;
    this.failed = failed;
    this.clock = clock;
    this.counters = counters;
    this.scheduler = scheduler;
  }

  /** Begins to claim, renew or watch. */
  void start() {
    life.update(
        Flux.merge(Flux.interval(LOOK, LOOK, scheduler).map(_ -> true), looks.asFlux())
            .onBackpressureLatest() // one look answers all reasons that came before it
            .publishOn(scheduler, 1)
            .filter(_ -> settle())
            .onBackpressureDrop() // while the open alerts are read, looks go on
            .concatMap(_ -> recall(), 0)
            .subscribe());
  }

  /** Who holds the claim now. */
  Leadership claim() {
    return lease.claim();
  }

  /** Looks at once; on any thread. */
  void look() {
    synchronized (looks) {
      Sinks.EmitResult _ = looks.tryEmitNext(true); // without a subscriber none is needed
    }
  }

  /** Takes what somebody wrote to the bucket. */
  void written(byte[] record) {
    if (lease.concerns(record)) {
      look();
    }
  }

  /** Takes note of an agent's highest epoch, on any thread. */
  void notice(long epoch) {
    if (!(claim() instanceof Leadership.Leading held) || epoch <= held.epoch()) {
      return;
    }
    if (!lease.plausible(epoch)) {
      counters.epochsIgnored.increment();
      if (!warned.getAndSet(true)) {
        log.warn(
            "claim: a heartbeat names epoch {}, more than a day ahead of this controller's clock;"
                + " such epochs are ignored. /readyz names hosts that refuse this controller",
            epoch);
      }
      return;
    }
    if (noticed.getAndAccumulate(epoch, Math::max) < epoch) {
      look();
    }
  }

  /**
   * Claims, renews or watches, and tells what changed; without NATS a claim ends by itself.
   *
   * @return whether a claim is to be told, after the open alerts
   */
  private boolean settle() {
    try {
      settleNow();
    } catch (IOException e) {
      failed.accept(e);
    } catch (RuntimeException e) {
      log.error("claim: unexpected: {}", e.toString(), e);
    } catch (Error e) { // Reactor would keep it to itself, and the claim be looked at no more
      FatalErrors.report(e);
      throw e;
    }
    if (claimedNow()) {
      return link.isUp();
    }
    tell();
    return false;
  }

  private void settleNow() throws IOException {
    if (!prepared.getAsBoolean() || !link.isUp()) {
      return;
    }
    lease.notice(noticed.get());
    boolean reclaim = lease.outdone() && mayReclaim();
    if (reclaim) {
      log.warn("an agent obeys a higher epoch than {}: claiming again", lease.claim());
    }
    lease.settle(bucket(), reclaim);
  }

  private Bucket bucket() throws IOException {
    return link.bucket(JetStreamAssets.CLAIM, PATIENCE);
  }

  /** Reads the alerts that are open, and tells of the claim after them. */
  private Mono<Void> recall() {
    return openAlerts
        .read()
        .doOnNext(open -> {
          if (shared.tell(new SharedState.OpenAlerts(open))) {
            tell();
          }
        })
        .then();
  }

  /** Whether this controller holds a claim that the engine has not been told of. */
  private synchronized boolean claimedNow() {
    return claim() instanceof Leadership.Leading held && !held.equals(told);
  }

  /** Tells who holds the claim now if that has changed; one at a time, so in order. */
  private synchronized void tell() {
    Leadership now = claim();
    if (!now.equals(told) && shared.tell(new SharedState.LeadershipState(now))) {
      told = now;
      record(now);
    }
  }

  private void record(Leadership now) {
    switch (now) {
      case Leadership.Leading held -> {
        counters.claims.increment();
        log.info("claim: this controller commands the fleet, epoch {}", held.epoch());
      }
      case Leadership.Following lost ->
          log.info(
              "claim: controller {} commands the fleet, epoch {}; this one watches, and takes over"
                  + " when that one's claim is not renewed for {} s",
              lost.holder(),
              lost.epoch(),
              LeaderLease.LEASE_MILLIS / 1_000);
      case Leadership.Unknown _ when !lease.mayLead() ->
          log.warn("claim: no controller leads, and this one may not: it has no policies");
      case Leadership.Unknown _ ->
          log.warn(
              "claim: not renewed for {} s: this controller acts no more until it is",
              LeaderLease.HELD_MILLIS / 1_000);
    }
  }

  private boolean mayReclaim() {
    long now = clock.millis();
    if (now - lastReclaimMillis < RECLAIM_MILLIS) {
      return false;
    }
    lastReclaimMillis = now;
    return true;
  }

  /** Gives the claim up, so that another controller claims at once; waits for that. */
  @Override
  public void close() {
    life.dispose();
    if (link.isUp() && claim() instanceof Leadership.Leading) {
      Mono.fromRunnable(this::release)
          .subscribeOn(scheduler)
          .timeout(RELEASE)
          .onErrorComplete()
          .block();
    }
  }

  private void release() {
    try {
      lease.release(bucket());
    } catch (IOException | IllegalStateException e) {
      log.debug("claim not given up, it ends by itself: {}", e.toString());
    }
  }
}
