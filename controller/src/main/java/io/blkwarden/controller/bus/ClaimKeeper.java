package io.blkwarden.controller.bus;

import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueEntry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Claims the fleet in the bucket {@code blkwarden-claim} and finds out when another controller did.
 *
 * <p>The newest claim wins. Its epoch is the greatest of: one more than the epoch that stands in
 * the bucket, one more than the highest that this controller has held, was started with, or that an
 * agent said it had seen, and the seconds since 1970. So it grows even when NATS lost its state.
 * Written by compare-and-set; used by one thread, which waits for the server.
 */
final class ClaimKeeper {
  /** Key in the bucket. */
  static final String KEY = "controller";

  /**
   * How far ahead of this controller's clock an epoch may be that a heartbeat names. Epochs are
   * seconds since 1970 or a little more, so a higher one is wrong, and believing it would make all
   * agents refuse every later controller that does not know it.
   */
  static final long AHEAD_SECONDS_MAX = 86_400;

  private static final int MAX_ATTEMPTS = 16;

  private final String instance;
  private final String run;
  private final InstantSource clock;
  private Claim claim = new Claim.Unknown();
  private long highest;

  /**
   * A keeper that has not claimed yet.
   *
   * @param above its epochs are above this one
   */
  ClaimKeeper(String instance, String run, InstantSource clock, long above) {
    this.highest = above;
    this.instance = instance;
    this.run = run;
    this.clock = clock;
  }

  Claim claim() {
    return claim;
  }

  /** Whether an epoch that an agent says it has seen can be one. */
  boolean plausible(long epoch) {
    return epoch <= clock.instant().getEpochSecond() + AHEAD_SECONDS_MAX;
  }

  /** Takes note of an epoch that an agent has seen. */
  void notice(long epoch) {
    highest = Math.max(highest, epoch);
  }

  /** Whether an agent obeys a higher epoch than the one held, so that it refuses this one. */
  boolean outdone() {
    return claim instanceof Claim.Held held && highest > held.epoch();
  }

  /** Claims the fleet, whoever had it. */
  Claim acquire(KeyValue bucket) throws IOException, JetStreamApiException {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      KeyValueEntry entry = bucket.get(KEY);
      Optional<ClaimRecord> standing = read(entry);
      long epoch =
          Math.max(
              Math.max(standing.map(ClaimRecord::epoch).orElse(0L), highest) + 1,
              clock.instant().getEpochSecond());
      if (write(bucket, entry, new ClaimRecord(epoch, instance, run))) {
        highest = epoch;
        claim = new Claim.Held(epoch);
        return claim;
      }
    }
    throw new IOException("%d other claims came first".formatted(MAX_ATTEMPTS));
  }

  /**
   * Looks who holds the claim.
   *
   * <p>A claim that NATS has forgotten, or an older one that it brought back, is claimed again by
   * the one that held it; a claim once lost stays lost.
   */
  Claim verify(KeyValue bucket) throws IOException, JetStreamApiException {
    if (!(claim instanceof Claim.Held held)) {
      return claim;
    }
    Optional<ClaimRecord> standing = read(bucket.get(KEY));
    if (standing.isEmpty() || standing.get().epoch() < held.epoch()) {
      return acquire(bucket);
    }
    if (!standing.get().run().equals(run)) {
      claim = new Claim.Lost(standing.get().instance(), standing.get().epoch());
    }
    return claim;
  }

  private static Optional<ClaimRecord> read(@Nullable KeyValueEntry entry) {
    byte[] value = entry == null ? null : entry.getValue();
    return value == null ? Optional.empty() : ClaimRecord.parse(value);
  }

  private static boolean write(KeyValue bucket, @Nullable KeyValueEntry entry, ClaimRecord record)
      throws IOException, JetStreamApiException {
    try {
      if (entry == null) {
        bucket.create(KEY, record.toBytes()); // over the mark of a deleted key, too
      } else {
        bucket.update(KEY, record.toBytes(), entry.getRevision());
      }
      return true;
    } catch (JetStreamApiException e) {
      if (e.getApiErrorCode() == WRONG_LAST_SEQUENCE) {
        return false;
      }
      throw e;
    }
  }

  /** Code of nats-server for a compare-and-set that lost. */
  private static final int WRONG_LAST_SEQUENCE = 10071;
}
