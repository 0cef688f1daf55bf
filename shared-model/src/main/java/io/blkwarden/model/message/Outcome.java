package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import io.blkwarden.model.WireName;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a command, or of a lease without one.
 *
 * @param id identity of the outcome
 * @param host the agent's host
 * @param boot boot of the host
 * @param at wall clock of the host
 * @param command id of the command; absent if there was none
 * @param lease id of the lease; absent if none
 * @param result result
 * @param refusal why it was refused; present if and only if {@code result} is {@code refused}
 * @param detail one-sentence description with numbers
 * @param domain domain of the disk
 * @param vdev virtual device
 * @param workers tasks with their priority before and after, at most 64
 * @param remainingMs remaining time of the lease in ms; absent when it has ended
 * @param limitPerS limit of the lease; absent for a priority
 * @param cause cause of the lease's end, if neither expiry nor a command
 */
public record Outcome(
    MessageId id,
    HostId host,
    UUID boot,
    Instant at,
    @Nullable MessageId command,
    @Nullable MessageId lease,
    Result result,
    @Nullable Refusal refusal,
    String detail,
    @Nullable DomainRef domain,
    @Nullable String vdev,
    List<WorkerChange> workers,
    @Nullable Long remainingMs,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer limitPerS,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Cause cause)
    implements ControlMessage {

  public Outcome {
    if ((result == Result.REFUSED) != (refusal != null)) {
      throw new IllegalArgumentException("refusal: expected one exactly when result is refused");
    }
    Require.text(detail, 2_000, "detail");
    Require.optionalText(vdev, 64, "vdev");
    workers = Require.list(workers, MappedDisk.MAX_WORKERS, "workers");
  }

  /** The results. */
  public enum Result implements WireName {
    /** The restraint is set and the lease is active. */
    APPLIED,
    /** The lease was renewed. */
    RENEWED,
    /** Ended by command; the prior state is restored. */
    RELEASED,
    /** Expired; the prior state is restored. */
    EXPIRED,
    /** Found after a restart of the agent and ended; the prior state is restored. */
    RECOVERED,
    /** Found after a restart of the agent and resumed. */
    ADOPTED,
    /** Ended because its workers or its domain no longer exist. */
    GONE,
    /** Nothing was done; see {@code refusal}. */
    REFUSED,
    /** The kernel refused; changes were undone. */
    FAILED,
    /** Done, without a lease. */
    DONE
  }

  /**
   * The causes of a lease's end other than expiry or a command. Readers that do not know a cause
   * use the result.
   */
  public enum Cause implements WireName {
    /** No request completed for too long, or a guest's shutdown was blocked. */
    STARVED,
    /** Something else changed it: a worker has another priority or is not in the limit's cgroup. */
    UNDONE,
    /** A cause unknown to this reader. */
    @JsonEnumDefaultValue
    OTHER
  }

  /** Why a command was refused. */
  public enum Refusal implements WireName {
    /** The command is malformed. */
    MALFORMED,
    /** The command is for another host. */
    WRONG_HOST,
    /** The command has expired, or its lease has already ended. */
    EXPIRED,
    /** The issuer's epoch is older than the highest seen. */
    STALE_EPOCH,
    /** The agent is read-only. */
    READ_ONLY,
    /** The domain or disk does not exist on this host. */
    UNKNOWN_DISK,
    /** Its boot, domain incarnation or workers differ from the current mapping. */
    STALE_MAPPING,
    /** The disk's workers are not proven. */
    UNRESOLVED,
    /** The check right before the change failed: of a worker, of the backend or of limits. */
    GATE,
    /** Another lease has the disk. */
    HELD,
    /** The host has too many leases. */
    TOO_MANY_LEASES,
    /** The command queue is full. */
    OVERLOADED
  }

  /**
   * A task's priority before and after.
   *
   * @param pid task id
   * @param startTicks start time in clock ticks
   * @param comm its name
   * @param before priority before; absent when unreadable
   * @param after priority after; absent when unreadable
   */
  public record WorkerChange(
      int pid,
      long startTicks,
      String comm,
      @Nullable IoPriority before,
      @Nullable IoPriority after) {
    public WorkerChange {
      Require.text(comm, 64, "workers.comm");
    }
  }
}
