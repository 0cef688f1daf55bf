package io.blkwarden.controller.throttle;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert.AlertWorker;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lease as the controller knows it. Times are in ms on the monotonic clock.
 *
 * @param id of the lease
 * @param reason sent with its commands
 * @param operator who asked for it; absent for a policy's, and for a controller's that was found in
 *     a heartbeat
 * @param restraint in force, or asked for
 * @param workers it restrains
 * @param setAt when the agent set or renewed it last, on the host's wall clock; absent before that
 * @param leaseMillis how long it runs from each command
 * @param endsMillis when it ends unless it is renewed
 * @param renewMillis when it is to be renewed
 * @param sinceMillis when it was set or changed last, or given up waiting for an answer
 * @param missedBeats heartbeats in a row that do not list it
 * @param commands under way for it
 */
public record Lease(
    MessageId id,
    String reason,
    @Nullable String operator,
    Restraint restraint,
    List<AlertWorker> workers,
    @Nullable Instant setAt,
    long leaseMillis,
    long endsMillis,
    long renewMillis,
    long sinceMillis,
    int missedBeats,
    int commands) {
  /** A lease to ask for. */
  static Lease of(
      MessageId id,
      String reason,
      @Nullable String operator,
      Restraint restraint,
      long leaseMillis) {
    return new Lease(id, reason, operator, restraint, List.of(), null, leaseMillis, 0, 0, 0, 0, 0);
  }

  /** A lease found in a heartbeat. */
  public static Lease found(
      MessageId id,
      Restraint restraint,
      @Nullable String operator,
      long remainingMillis,
      long nowMillis) {
    long ends = nowMillis + remainingMillis;
    long renew = nowMillis + remainingMillis / 2;
    String reason = "found in force on the host";
    return of(id, reason, operator, restraint, Math.max(1_000, remainingMillis))
        .with(List.of(), null, ends, renew, nowMillis, 0, 0);
  }

  /** A command to set it was sent; the agent may hold it from then on, even without an answer. */
  Lease setSent(List<AlertWorker> now, long nowMillis) {
    long ends = Math.max(endsMillis, nowMillis + leaseMillis);
    return with(now, setAt, ends, renewMillis, sinceMillis, missedBeats, commands + 1);
  }

  Lease releaseSent() {
    return with(workers, setAt, endsMillis, renewMillis, sinceMillis, missedBeats, commands + 1);
  }

  Lease answered() {
    int left = Math.max(0, commands - 1);
    return with(workers, setAt, endsMillis, renewMillis, sinceMillis, missedBeats, left);
  }

  /** The agent set or renewed it. */
  Lease applied(ThrottleEvent.Applied by, long nowMillis) {
    long left = by.remainingMillis() == null ? leaseMillis : Math.max(0, by.remainingMillis());
    boolean changed = by.purpose() != CommandPurpose.RENEW;
    Restraint set = by.restraint() == null ? restraint : by.restraint();
    List<AlertWorker> now = by.workers().isEmpty() ? workers : by.workers();
    long since = changed ? nowMillis : sinceMillis;
    int open = Math.max(0, commands - 1);
    return of(id, reason, operator, set, leaseMillis)
        .with(now, by.at(), nowMillis + left, nowMillis + left / 2, since, 0, open);
  }

  Lease renewAt(long millis) {
    return with(workers, setAt, endsMillis, millis, sinceMillis, missedBeats, commands);
  }

  Lease since(long millis) {
    return with(workers, setAt, endsMillis, renewMillis, millis, missedBeats, commands);
  }

  /** A heartbeat lists it, with the time left, or does not. */
  Lease reported(int missed, long endsAtLeast) {
    long ends = Math.max(endsMillis, endsAtLeast);
    return with(workers, setAt, ends, renewMillis, sinceMillis, missed, commands);
  }

  /** The same for another time from each command on, and for an operator if one takes it over. */
  Lease lasting(long millis, @Nullable String by) {
    return of(id, reason, by == null ? operator : by, restraint, millis)
        .with(workers, setAt, endsMillis, renewMillis, sinceMillis, missedBeats, commands);
  }

  private Lease with(
      List<AlertWorker> now,
      @Nullable Instant at,
      long ends,
      long renew,
      long since,
      int missed,
      int open) {
    return new Lease(
        id, reason, operator, restraint, now, at, leaseMillis, ends, renew, since, missed, open);
  }
}
