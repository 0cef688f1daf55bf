package io.blkwarden.controller.bus;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps this controller's claim, and logs and counts its changes. */
final class ClaimDesk {
  private static final Logger log = LoggerFactory.getLogger(ClaimDesk.class);
  private static final long RECLAIM_MILLIS = 30_000;

  private final ClaimKeeper keeper;
  private final InstantSource clock;
  private final BusCounters counters;
  private final AtomicLong noticed = new AtomicLong();
  private final AtomicBoolean warned = new AtomicBoolean();
  private volatile Claim claim = new Claim.Unknown();
  private long lastReclaimMillis;

  ClaimDesk(ClaimKeeper keeper, InstantSource clock, BusCounters counters) {
    this.keeper = keeper;
    this.clock = clock;
    this.counters = counters;
  }

  Claim claim() {
    return claim;
  }

  /** Takes note of an agent's highest epoch, on any thread; whether it is worth a look. */
  boolean notice(long epoch) {
    if (!(claim instanceof Claim.Held held) || epoch <= held.epoch()) {
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

  /**
   * Claims if that was not done yet, else looks whether the claim stands; waits for the server.
   *
   * @return whether the claim changed
   */
  boolean settle(Connection link) throws IOException, JetStreamApiException {
    KeyValue bucket = link.keyValue(JetStreamAssets.CLAIM, JetStreamAssets.bucketOptions());
    keeper.notice(noticed.get());
    Claim now = claim instanceof Claim.Unknown ? keeper.acquire(bucket) : keeper.verify(bucket);
    if (now instanceof Claim.Held && keeper.outdone() && mayReclaim()) {
      log.warn("an agent obeys a higher epoch than {}: claiming again", now);
      now = keeper.acquire(bucket);
    }
    if (now.equals(claim)) {
      return false;
    }
    claim = now;
    record(now);
    return true;
  }

  private void record(Claim now) {
    switch (now) {
      case Claim.Held held -> {
        counters.claims.increment();
        log.info("claim: this controller commands the fleet, epoch {}", held.epoch());
      }
      case Claim.Lost lost ->
          log.warn(
              "claim: lost to controller {} (epoch {}); watching only. Restart this one to take"
                  + " over again",
              lost.holder(),
              lost.epoch());
      case Claim.Unknown unknown -> log.debug("claim: {}", unknown);
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
}
