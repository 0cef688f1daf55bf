package io.blkwarden.agent.lease;

import io.blkwarden.agent.lease.Lease.LeaseLimit;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Cause;
import io.blkwarden.model.message.Outcome.Refusal;
import io.blkwarden.model.message.Outcome.Result;
import io.blkwarden.model.message.Outcome.WorkerChange;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Creates the outcomes of one host with an id and the wall-clock time.
 *
 * @param host the agent's host
 * @param boot boot of the host
 * @param clock wall clock
 * @param random for the ids
 */
public record Outcomes(HostId host, UUID boot, InstantSource clock, RandomGenerator random) {
  private static final int MAX_DETAIL = 2_000;

  /** A refused command, with its id if readable. */
  public Outcome refused(@Nullable MessageId command, Refusal refusal, String detail) {
    return plain(command, null, Result.REFUSED, refusal, detail, null, null);
  }

  /** A refused command with its lease and disk. */
  Outcome refused(MessageId command, CommandAction.Set set, Refusal refusal, String detail) {
    return plain(command, set.lease(), Result.REFUSED, refusal, detail, set.domain(), set.vdev());
  }

  /** A completed command without a lease. */
  Outcome done(@Nullable MessageId command, String detail) {
    return plain(command, null, Result.DONE, null, detail, null, null);
  }

  /** A failed command without a lease. */
  Outcome failed(MessageId command, String detail) {
    return plain(command, null, Result.FAILED, null, detail, null, null);
  }

  /** A release of an unknown lease. */
  Outcome notHeld(MessageId command, MessageId lease) {
    String detail = "no such lease: it has ended or never existed on this host";
    return plain(command, lease, Result.RELEASED, null, detail, null, null);
  }

  private Outcome plain(
      @Nullable MessageId command,
      @Nullable MessageId lease,
      Result result,
      @Nullable Refusal refusal,
      String detail,
      @Nullable DomainRef domain,
      @Nullable String vdev) {
    return make(command, lease, result, refusal, detail, domain, vdev, List.of(), null, null, null);
  }

  /** The outcome of a lease. */
  Outcome of(
      @Nullable MessageId command,
      Lease lease,
      Result result,
      String detail,
      List<WorkerChange> changes,
      @Nullable Long remainingMillis) {
    return of(command, lease, result, null, detail, changes, remainingMillis);
  }

  /** The outcome of a lease and the cause of its end, if neither expiry nor a command. */
  Outcome of(
      @Nullable MessageId command,
      Lease lease,
      Result result,
      @Nullable Cause cause,
      String detail,
      List<WorkerChange> changes,
      @Nullable Long remaining) {
    LeaseLimit limit = lease.limit();
    Integer perSecond = limit == null ? null : limit.perSecond();
    MessageId id = lease.id();
    DomainRef domain = lease.domain();
    String vdev = lease.vdev();
    return make(
        command, id, result, null, detail, domain, vdev, changes, remaining, perSecond, cause);
  }

  private Outcome make(
      @Nullable MessageId command,
      @Nullable MessageId lease,
      Result result,
      @Nullable Refusal refusal,
      String detail,
      @Nullable DomainRef domain,
      @Nullable String vdev,
      List<WorkerChange> workers,
      @Nullable Long remaining,
      @Nullable Integer perSecond,
      @Nullable Cause cause) {
    Instant now = clock.instant();
    String text = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) : detail;
    MessageId id = MessageId.of(now.toEpochMilli(), random);
    return new Outcome(
        id, host, boot, now, command, lease, result, refusal, text, domain, vdev, workers,
        remaining, perSecond, cause);
  }
}
