package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.KvEvent;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Claims the fleet in the bucket {@code blkwarden-claim}, renews the claim, and takes over one that
 * is not renewed any more.
 *
 * <p>A claim is a lease. Its holder writes it again every {@link #RENEW_MILLIS}, and stops acting
 * {@link #HELD_MILLIS} after it began the last renewal that succeeded. Another controller claims
 * once it has seen no new revision for {@link #LEASE_MILLIS}, so it starts after the holder has
 * stopped. Both measure by their own monotonic clock.
 *
 * <p>The epoch of a new claim is the greatest of: one more than the epoch that stands in the
 * bucket, one more than the highest that this controller has held, was started with, or that an
 * agent said it had seen, and the seconds since 1970. So it grows even when NATS lost its state.
 * Written by compare-and-set. One thread calls {@link #settle} and {@link #release}, and waits for
 * the server there; the other methods may be called on any thread.
 */
final class LeaderLease {
  /** Key in the bucket. */
  static final String KEY = "controller";

  /**
   * How far ahead of this controller's clock an epoch may be that a heartbeat names. Epochs are
   * seconds since 1970 or a little more, so a higher one is wrong, and believing it would make all
   * agents refuse every later controller that does not know it.
   */
  static final long AHEAD_SECONDS_MAX = 86_400;

  /** Time between two renewals. */
  static final long RENEW_MILLIS = 2_000;

  /** How long a claim is held from the begin of its last renewal on. */
  static final long HELD_MILLIS = 7_000;

  /** How long a claim must not have been renewed before another controller claims. */
  static final long LEASE_MILLIS = 10_000;

  private final String instance;
  private final String run;
  private final InstantSource clock;
  private final LongSupplier monotonicMillis;
  private final BooleanSupplier mayLead;
  private volatile Leadership leadership = new Leadership.Unknown();
  private volatile long heldUntilMillis;
  private volatile long highest;
  private long renewedMillis;
  private long seenRevision = -1;
  private long seenMillis;

  /**
   * A keeper that has not claimed yet.
   *
   * @param monotonicMillis a clock in ms that never steps
   * @param above its epochs are above this one
   * @param mayLead whether this controller may claim; not asked while it holds the claim
   */
  LeaderLease(
      String instance,
      String run,
      InstantSource clock,
      LongSupplier monotonicMillis,
      long above,
      BooleanSupplier mayLead) {
    this.mayLead = mayLead;
    this.highest = above;
    this.instance = instance;
    this.run = run;
    this.clock = clock;
    this.monotonicMillis = monotonicMillis;
  }

  /** Who holds the claim now; not this controller once its lease has ended. */
  Leadership claim() {
    Leadership now = leadership;
    return now instanceof Leadership.Leading && monotonicMillis.getAsLong() > heldUntilMillis
        ? new Leadership.Unknown()
        : now;
  }

  /** Whether this controller may claim. */
  boolean mayLead() {
    return mayLead.getAsBoolean();
  }

  /** Whether an epoch that an agent says it has seen can be one. */
  boolean plausible(long epoch) {
    return epoch <= clock.instant().getEpochSecond() + AHEAD_SECONDS_MAX;
  }

  /** Takes note of an epoch that an agent has seen; on the thread of {@link #settle}. */
  void notice(long epoch) {
    highest = Math.max(highest, epoch);
  }

  /** Whether an agent obeys a higher epoch than the one held, so that it refuses this one. */
  boolean outdone() {
    return leadership instanceof Leadership.Leading held && highest > held.epoch();
  }

  /** Whether a written claim is another controller's, and concerns this one at once. */
  boolean concerns(byte[] written) {
    return LeaseRecord.parse(written)
        .map(record ->
            record.released()
                || (leadership instanceof Leadership.Leading && !record.run().equals(run)))
        .orElse(true);
  }

  /**
   * Renews the claim if this controller holds it; claims if it is free or its lease has ended.
   *
   * @param reclaim claims again, with a higher epoch, what this controller holds
   */
  void settle(Bucket bucket, boolean reclaim) throws IOException {
    long begun = monotonicMillis.getAsLong();
    KvEvent.@Nullable Entry entry = bucket.get(KEY);
    Optional<LeaseRecord> standing = read(entry);
    boolean mine = standing.filter(record -> record.run().equals(run)).isPresent();
    boolean free = standing.map(LeaseRecord::released).orElse(true);
    if (!(leadership instanceof Leadership.Leading held)) {
      if (free || mine) { // mine: the answer to an earlier write was lost
        acquire(bucket, entry, begun);
      } else {
        watch(bucket, entry, standing.get(), begun);
      }
    } else if (free || standing.get().epoch() < held.epoch() || (mine && reclaim)) {
      acquire(bucket, entry, begun); // NATS forgot it, or brought an older one back
    } else if (!mine) {
      watch(bucket, entry, standing.get(), begun);
    } else if (begun - renewedMillis >= RENEW_MILLIS && write(bucket, entry, standing.get())) {
      held(held.epoch(), begun);
    }
  }

  /** Watches another's claim, and claims when that is not renewed. */
  private void watch(Bucket bucket, KvEvent.@Nullable Entry entry, LeaseRecord standing, long begun)
      throws IOException {
    long revision = entry == null ? 0 : entry.revision();
    if (revision != seenRevision) {
      seenRevision = revision;
      seenMillis = monotonicMillis.getAsLong();
    }
    leadership = new Leadership.Following(standing.instance(), standing.epoch());
    if (begun - seenMillis >= LEASE_MILLIS) {
      acquire(bucket, entry, begun);
    }
  }

  /** Claims, if it may; leaves all as it is if another controller came first. */
  private void acquire(Bucket bucket, KvEvent.@Nullable Entry entry, long begun)
      throws IOException {
    if (!(leadership instanceof Leadership.Leading) && !mayLead()) {
      leadership = new Leadership.Unknown(); // nobody leads
      return;
    }
    long epoch =
        Math.max(
            Math.max(read(entry).map(LeaseRecord::epoch).orElse(0L), highest) + 1,
            clock.instant().getEpochSecond());
    if (write(bucket, entry, new LeaseRecord(epoch, instance, run))) {
      highest = epoch;
      held(epoch, begun);
    }
  }

  private void held(long epoch, long begun) {
    renewedMillis = begun;
    heldUntilMillis = begun + HELD_MILLIS;
    leadership = new Leadership.Leading(epoch);
  }

  /** Gives the claim up, so that another controller claims at once. */
  void release(Bucket bucket) throws IOException {
    boolean mine = leadership instanceof Leadership.Leading;
    leadership = new Leadership.Unknown();
    KvEvent.@Nullable Entry entry = mine ? bucket.get(KEY) : null;
    Optional<LeaseRecord> standing = read(entry).filter(record -> record.run().equals(run));
    if (standing.isPresent()) {
      boolean _ = write(bucket, entry, standing.get().release());
    }
  }

  private static Optional<LeaseRecord> read(KvEvent.@Nullable Entry entry) {
    byte[] value = entry == null ? null : entry.value();
    return value == null ? Optional.empty() : LeaseRecord.parse(value);
  }

  private static boolean write(Bucket bucket, KvEvent.@Nullable Entry entry, LeaseRecord record)
      throws IOException {
    return entry == null
        ? bucket.create(KEY, record.toBytes()) // over the mark of a deleted key, too
        : bucket.update(KEY, record.toBytes(), entry.revision());
  }
}
