package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of a command or of a lease, also unprompted.
 *
 * @param id identity of the outcome
 * @param host whose agent
 * @param boot boot of the host
 * @param at wall clock of the host
 * @param command which command; absent for what happened by itself
 * @param lease which lease; absent when none is concerned
 * @param result what happened
 * @param refusal why it was refused; present exactly when {@code result} is {@code refused}
 * @param detail numbers and evidence in a sentence
 * @param domain whose disk
 * @param vdev which disk
 * @param workers every task looked at, with its priority before and after, at most 64
 * @param remainingMs how long the lease still runs, in ms; absent when it has ended
 * @param limitPerS the limit that the lease sets or set; absent for a priority
 * @param cause what ended a lease that neither time nor a command ended; absent otherwise
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
    Require.present(id, "id");
    Require.present(host, "host");
    Require.present(boot, "boot");
    Require.present(at, "at");
    Require.present(result, "result");
    if ((result == Result.REFUSED) != (refusal != null)) {
      throw new IllegalArgumentException("refusal: expected one exactly when result is refused");
    }
    Require.text(detail, 2_000, "detail");
    Require.optionalText(vdev, 64, "vdev");
    workers = Require.list(workers, MappedDisk.MAX_WORKERS, "workers");
  }

  /** What happened. */
  public enum Result {
    /** The priority is set and the lease runs. */
    APPLIED,
    /** The lease was held already and runs longer now. */
    RENEWED,
    /** Ended by command; what was there before is back. */
    RELEASED,
    /** Ended by its time; what was there before is back. */
    EXPIRED,
    /** Found after a restart of the agent and ended; what was there before is back. */
    RECOVERED,
    /** Found after a restart of the agent; it goes on. */
    ADOPTED,
    /** Ended because its workers or its domain are gone. */
    GONE,
    /** Nothing was done, and {@code refusal} says why. */
    REFUSED,
    /** The kernel refused; what was changed is restored. */
    FAILED,
    /** Done; for what concerns no lease. */
    DONE;

    /** Name in messages. */
    @JsonValue
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What ended a lease that neither time nor a command ended. The result beside it says what that
   * means to a reader that does not know the cause.
   */
  public enum Cause {
    /** Requests waited and none completed for too long, or a guest's shutdown waited for them. */
    STARVED,
    /** Someone else undid it: a worker has another priority, or is not in the limit's cgroup. */
    UNDONE,
    /** One that this reader does not know. */
    OTHER;

    /** Name in messages. */
    @JsonValue
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The cause with that name; one that is not known is {@link #OTHER}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Cause named(String name) {
      for (Cause cause : values()) {
        if (cause.wire().equals(name)) {
          return cause;
        }
      }
      return OTHER;
    }
  }

  /** Why a command was refused. */
  public enum Refusal {
    /** It could not be read. */
    MALFORMED,
    /** It is for another host. */
    WRONG_HOST,
    /** Its time is over, or the lease that it names has ended already. */
    EXPIRED,
    /** Its issuer has lost its claim to a newer one. */
    STALE_EPOCH,
    /** This agent only watches. */
    READ_ONLY,
    /** No such domain or disk here. */
    UNKNOWN_DISK,
    /** It quotes another boot, incarnation or other workers than there are now. */
    STALE_MAPPING,
    /** The disk's workers are not proven. */
    UNRESOLVED,
    /** The check right before the call failed: of a worker, of the backend, or of limits here. */
    GATE,
    /** Another lease holds the disk. */
    HELD,
    /** The table of leases is full. */
    TOO_MANY_LEASES,
    /** More commands than may wait. */
    OVERLOADED;

    /** Name in messages. */
    @JsonValue
    public String wire() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * One task's priority before and after.
   *
   * @param pid task
   * @param startTicks when it started
   * @param comm its name
   * @param before priority before; absent when it could not be read
   * @param after priority after; absent when it could not be read
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
