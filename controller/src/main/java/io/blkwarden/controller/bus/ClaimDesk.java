package io.blkwarden.controller.bus;

import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this controller's claim, and logs, counts and tells its changes.
 *
 * <p>It has a thread of its own, which may wait for the server: a renewal must not wait behind
 * thousands of maps. A claim is told after the alerts that are open, which are read on another
 * thread.
 */
final class ClaimDesk implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClaimDesk.class);
  private static final long LOOK_SECONDS = 1;
  private static final long RECLAIM_MILLIS = 30_000;

  private final ClaimKeeper keeper;
  private final Subjects subjects;
  private final InstantSource clock;
  private final BusCounters counters;
  private final Consumer<Runnable> elsewhere;
  private final Errands thread = new Errands("blkwarden-claim");
  private final AtomicLong noticed = new AtomicLong();
  private final AtomicBoolean warned = new AtomicBoolean();
  private final AtomicBoolean recalling = new AtomicBoolean();
  private volatile Runnable look = () -> {};
  private volatile Supplier<@Nullable Connection> links = () -> null;
  private Claim told = new Claim.Unknown();
  private long lastReclaimMillis;

  /**
   * A desk that has not claimed.
   *
   * @param elsewhere runs what takes long on another thread
   */
  ClaimDesk(
      ClaimKeeper keeper,
      Subjects subjects,
      InstantSource clock,
      BusCounters counters,
      Consumer<Runnable> elsewhere) {
    this.keeper = keeper;
    this.subjects = subjects;
    this.clock = clock;
    this.counters = counters;
    this.elsewhere = elsewhere;
  }

  /**
   * Begins to claim, renew or watch, each second.
   *
   * @param link the connection, absent while there is none that is prepared
   * @param failed is told why a request failed; it is tried again in any case
   */
  void start(
      Supplier<@Nullable Connection> link, Inbox to, BiConsumer<Connection, Exception> failed) {
    links = link;
    look = () -> settle(to, failed);
    thread.each(LOOK_SECONDS, look);
  }

  /** Who holds the claim now. */
  Claim claim() {
    return keeper.claim();
  }

  /** Looks at once; on any thread. */
  void look() {
    thread.soon(() -> look.run());
  }

  /** Takes what somebody wrote to the bucket. */
  void written(byte[] record) {
    if (keeper.concerns(record)) {
      look();
    }
  }

  /** Takes note of an agent's highest epoch, on any thread; whether it is worth a look. */
  boolean notice(long epoch) {
    if (!(claim() instanceof Claim.Held held) || epoch <= held.epoch()) {
      return false;
    }
    if (!keeper.plausible(epoch)) {
      counters.epochsIgnored.increment();
      if (!warned.getAndSet(true)) {
        log.warn(
            "claim: a heartbeat names epoch {}, more than a day ahead of this controller's clock;"
                + " such epochs are ignored. /readyz names hosts that refuse this controller",
            epoch);
      }
      return false;
    }
    return noticed.getAndAccumulate(epoch, Math::max) < epoch;
  }

  /** Claims, renews or watches, and tells what changed; without NATS a claim ends by itself. */
  private void settle(Inbox to, BiConsumer<Connection, Exception> failed) {
    Connection link = links.get();
    if (link != null) {
      try {
        keeper.notice(noticed.get());
        boolean reclaim = keeper.outdone() && mayReclaim();
        if (reclaim) {
          log.warn("an agent obeys a higher epoch than {}: claiming again", keeper.claim());
        }
        keeper.settle(bucket(link), reclaim);
      } catch (IOException | JetStreamApiException | IllegalStateException e) {
        failed.accept(link, e);
      }
    }
    if (!claimedNow()) {
      tell(to);
    } else if (link != null && recalling.compareAndSet(false, true)) {
      elsewhere.accept(() -> recall(link, to));
    }
  }

  /** Reads the alerts that are open, and tells of the claim after them. */
  private void recall(Connection link, Inbox to) {
    try {
      to.openAlerts(OpenAlerts.read(link, subjects));
      tell(to);
    } finally {
      recalling.set(false);
    }
  }

  /** Whether this controller holds a claim that the engine has not been told of. */
  private synchronized boolean claimedNow() {
    return claim() instanceof Claim.Held held && !held.equals(told);
  }

  /** Tells who holds the claim now if that has changed; one at a time, so in order. */
  private synchronized void tell(Inbox to) {
    Claim now = claim();
    if (!now.equals(told)) {
      told = now;
      record(now);
      to.claim(now);
    }
  }

  private void record(Claim now) {
    switch (now) {
      case Claim.Held held -> {
        counters.claims.increment();
        log.info("claim: this controller commands the fleet, epoch {}", held.epoch());
      }
      case Claim.Lost lost ->
          log.info(
              "claim: controller {} commands the fleet, epoch {}; this one watches, and takes over"
                  + " when that one's claim is not renewed for {} s",
              lost.holder(),
              lost.epoch(),
              ClaimKeeper.LEASE_MILLIS / 1_000);
      case Claim.Unknown _ when !keeper.mayLead() ->
          log.warn("claim: no controller leads, and this one may not: it has no policies");
      case Claim.Unknown _ ->
          log.warn(
              "claim: not renewed for {} s: this controller acts no more until it is",
              ClaimKeeper.HELD_MILLIS / 1_000);
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

  private static KeyValue bucket(Connection link) throws IOException {
    return link.keyValue(JetStreamAssets.CLAIM, JetStreamAssets.claimOptions());
  }

  /** Gives the claim up, so that another controller claims at once. */
  @Override
  public void close() {
    thread.close();
    Connection link = links.get();
    if (link != null && claim() instanceof Claim.Held) {
      try {
        keeper.release(bucket(link));
      } catch (IOException | JetStreamApiException | IllegalStateException e) {
        log.debug("claim not given up, it ends by itself: {}", e.toString());
      }
    }
  }
}
