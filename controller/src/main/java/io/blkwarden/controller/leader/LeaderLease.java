package io.blkwarden.controller.leader;

import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.KvEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The leader lease in the bucket {@code blkwarden-claim}: acquires it, renews it, and takes over an
 * expired one.
 *
 * <p>The leader renews the lease every {@link #RENEW_MILLIS} and stops acting {@link #VALID_MILLIS}
 * after the start of its last successful renewal. A standby takes over after it has seen no new
 * revision for {@link #TAKEOVER_MILLIS}, so it starts after the leader has stopped. Each measures
 * by its own monotonic clock.
 *
 * <p>A new epoch is the maximum of: the epoch in the bucket + 1, the highest epoch that this
 * controller has had, was started with or that an agent reported + 1, and the seconds since 1970.
 * So epochs increase even when NATS loses its state. Writes are compare-and-set. One thread calls
 * {@link #update} and {@link #release}, which block; all other methods are thread-safe.
 */
public final class LeaderLease {
  /** Key in the bucket. */
  public static final String KEY = "controller";

  /**
   * How far ahead of this controller's clock a reported epoch may be. Epochs are about the seconds
   * since 1970, so a higher one is invalid: using it would make all agents refuse every later
   * controller that does not know it.
   */
  static final long EPOCH_AHEAD_SECONDS_MAX = 86_400;

  /** Time between two renewals. */
  static final long RENEW_MILLIS = 2_000;

  /** How long the leader may act after the start of its last renewal. */
  static final long VALID_MILLIS = 7_000;

  /** How long a lease must not have been renewed before a standby takes over. */
  static final long TAKEOVER_MILLIS = 10_000;

  private final String instance;
  private final String run;
  private final InstantSource clock;
  private final LongSupplier monotonicMillis;
  private final BooleanSupplier mayLead;
  private volatile Leadership leadership = new Leadership.Unknown();
  private volatile long validUntilMillis;
  private volatile long highestEpoch;
  private long renewedMillis;
  private long seenRevision = -1;
  private long seenMillis;

  /**
   * Creates a lease that is not held.
   *
   * @param monotonicMillis a monotonic clock in ms
   * @param aboveEpoch all epochs of this controller are above this one
   * @param mayLead whether this controller may lead; not asked while it does
   */
  public LeaderLease(
      String instance,
      String run,
      InstantSource clock,
      LongSupplier monotonicMillis,
      long aboveEpoch,
      BooleanSupplier mayLead) {
    this.mayLead = mayLead;
    this.highestEpoch = aboveEpoch;
    this.instance = instance;
    this.run = run;
    this.clock = clock;
    this.monotonicMillis = monotonicMillis;
  }

  /** Who leads now; never this controller once its lease has expired. */
  Leadership current() {
    Leadership now = leadership;
    return now instanceof Leadership.Leading && monotonicMillis.getAsLong() > validUntilMillis
        ? new Leadership.Unknown()
        : now;
  }

  boolean mayLead() {
    return mayLead.getAsBoolean();
  }

  /** Whether an epoch that an agent reports is plausible. */
  boolean isPlausible(long epoch) {
    return epoch <= clock.instant().getEpochSecond() + EPOCH_AHEAD_SECONDS_MAX;
  }

  /** Records an epoch that an agent has seen; on the thread of {@link #update}. */
  void observeEpoch(long epoch) {
    highestEpoch = Math.max(highestEpoch, epoch);
  }

  /** Whether an agent has seen a higher epoch than this leader's, and so refuses its commands. */
  boolean isSuperseded() {
    return leadership instanceof Leadership.Leading leading && highestEpoch > leading.epoch();
  }

  /** Whether a written lease must be checked at once. */
  boolean requiresCheck(byte[] written) {
    return LeaseRecord.parse(written)
        .map(record ->
            record.isReleased()
                || (leadership instanceof Leadership.Leading && !record.run().equals(run)))
        .orElse(true);
  }

  /**
   * Renews the lease if this controller leads; acquires it if it is free or expired.
   *
   * @param newEpoch whether a leader acquires its own lease again with a higher epoch
   */
  void update(Bucket bucket, boolean newEpoch) throws IOException {
    long started = monotonicMillis.getAsLong();
    KvEvent.@Nullable Entry entry = bucket.get(KEY);
    Optional<LeaseRecord> stored = read(entry);
    boolean mine = stored.filter(record -> record.run().equals(run)).isPresent();
    boolean free = stored.map(LeaseRecord::isReleased).orElse(true);
    if (!(leadership instanceof Leadership.Leading leading)) {
      if (free || mine) { // mine: the answer to an earlier write was lost
        acquire(bucket, entry, started);
      } else {
        follow(bucket, entry, stored.get(), started);
      }
    } else if (free || stored.get().epoch() < leading.epoch() || (mine && newEpoch)) {
      acquire(bucket, entry, started); // NATS lost the entry or restored an older one
    } else if (!mine) {
      follow(bucket, entry, stored.get(), started);
    } else if (started - renewedMillis >= RENEW_MILLIS && write(bucket, entry, stored.get())) {
      lead(leading.epoch(), started);
    }
  }

  /** Follows another leader, and takes over when its lease has expired. */
  private void follow(
      Bucket bucket, KvEvent.@Nullable Entry entry, LeaseRecord stored, long started)
      throws IOException {
    long revision = entry == null ? 0 : entry.revision();
    if (revision != seenRevision) {
      seenRevision = revision;
      seenMillis = monotonicMillis.getAsLong();
    }
    leadership = new Leadership.Following(stored.instance(), stored.epoch());
    if (started - seenMillis >= TAKEOVER_MILLIS) {
      acquire(bucket, entry, started);
    }
  }

  /** Acquires the lease if allowed; changes nothing if another controller was first. */
  private void acquire(Bucket bucket, KvEvent.@Nullable Entry entry, long started)
      throws IOException {
    if (!(leadership instanceof Leadership.Leading) && !mayLead()) {
      leadership = new Leadership.Unknown();
      return;
    }
    long epoch =
        Math.max(
            Math.max(read(entry).map(LeaseRecord::epoch).orElse(0L), highestEpoch) + 1,
            clock.instant().getEpochSecond());
    if (write(bucket, entry, new LeaseRecord(epoch, instance, run))) {
      highestEpoch = epoch;
      lead(epoch, started);
    }
  }

  private void lead(long epoch, long started) {
    renewedMillis = started;
    validUntilMillis = started + VALID_MILLIS;
    leadership = new Leadership.Leading(epoch);
  }

  /** Releases the lease, so that a standby acquires it at once. */
  void release(Bucket bucket) throws IOException {
    boolean leading = leadership instanceof Leadership.Leading;
    leadership = new Leadership.Unknown();
    KvEvent.@Nullable Entry entry = leading ? bucket.get(KEY) : null;
    Optional<LeaseRecord> stored = read(entry).filter(record -> record.run().equals(run));
    if (stored.isPresent()) {
      boolean _ = write(bucket, entry, stored.get().asReleased());
    }
  }

  private static Optional<LeaseRecord> read(KvEvent.@Nullable Entry entry) {
    byte[] value = entry == null ? null : entry.value();
    return value == null ? Optional.empty() : LeaseRecord.parse(value);
  }

  private static boolean write(Bucket bucket, KvEvent.@Nullable Entry entry, LeaseRecord record)
      throws IOException {
    return entry == null
        ? bucket.create(KEY, record.toBytes()) // also over the marker of a deleted key
        : bucket.update(KEY, record.toBytes(), entry.revision());
  }

  /**
   * The entry {@code controller} of the bucket {@code blkwarden-claim}, such as {@code 1795376705
   * c1 3f0a…}.
   *
   * @param epoch of the leader, above 0
   * @param instance name of the leader
   * @param run random for each start, which distinguishes controllers of the same name
   */
  record LeaseRecord(long epoch, String instance, String run) {
    private static final Pattern FORM =
        Pattern.compile("([1-9][0-9]{0,17}) ([A-Za-z0-9_.-]{1,64}) ([A-Za-z0-9-]{1,64})");

    /** The run of a released lease. */
    private static final String RELEASED = "released";

    /** The same lease, released: any controller may acquire it at once. */
    LeaseRecord asReleased() {
      return new LeaseRecord(epoch, instance, RELEASED);
    }

    boolean isReleased() {
      return run.equals(RELEASED);
    }

    static Optional<LeaseRecord> parse(byte[] bytes) {
      Matcher m = FORM.matcher(new String(bytes, StandardCharsets.US_ASCII));
      return m.matches()
          ? Optional.of(new LeaseRecord(Long.parseLong(m.group(1)), m.group(2), m.group(3)))
          : Optional.empty();
    }

    byte[] toBytes() {
      return "%d %s %s".formatted(epoch, instance, run).getBytes(StandardCharsets.US_ASCII);
    }
  }
}
