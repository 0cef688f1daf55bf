package io.blkwarden.controller.throttle;

import io.blkwarden.controller.policy.Mode;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert.AlertWorker;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What a transition reads of its surroundings; reading changes nothing. */
public interface ThrottleInputs {
  /** Now, on the monotonic clock. */
  long nowMillis();

  /** Now, on the wall clock. */
  Instant wall();

  /** Times that no policy sets. */
  Times times();

  /** A new identity. */
  MessageId newId();

  /** Whether this controller leads and the host has one agent, so that commands are sent. */
  boolean canCommand();

  /** Name of the policy. */
  String policy();

  /** The restraint that a standing policy keeps on the disk; absent for other policies. */
  @Nullable Restraint standing();

  /** Its mode. */
  Mode mode();

  /** Its ladder, from soft to hard. */
  List<Restraint> ladder();

  /** How long its leases run. */
  long leaseMillis();

  /** Why the disk is throttled, for the command. */
  String reason();

  /** Whether the detector wants an action, and not only a warning. */
  boolean mayAct();

  /** Whether the newest sample is over the threshold. */
  boolean overThreshold();

  /** When the policy's metric was known last, on the monotonic clock. */
  long knownMillis();

  /** Whether the disk is a swap disk. */
  boolean swap();

  /** Whether the protect list names the disk. */
  boolean isProtected();

  /** The workers of the disk. */
  List<AlertWorker> workers();

  /** Why no new throttle may be set on the disk; empty when one may. */
  Optional<Refusal> safetyRefusal();

  /** Why the host is not commanded now; empty when it may be. */
  Optional<Refusal> commandRefusal();

  /** Why a throttle in force may not be set again; empty when it may. */
  Optional<Refusal> renewalRefusal();

  /** The next step of the policy's ladder. */
  Ladder.Next nextStep(int from);

  /** The next softer step that may be set now; empty when there is none. */
  OptionalInt softerStep(List<Restraint> ladder, int from);

  /** Sums of the disk and its neighbours over a window on the monotonic clock. */
  WindowSums window(long fromMillis, long toMillis);

  /** What is known of a disk behind its limit. */
  LimitProbe.Reading limitReading();

  /**
   * Times of a throttle that no policy sets.
   *
   * @param effectWindowMillis how long the disk is measured before and after a command
   * @param settleMillis time after a command that counts to neither window
   */
  record Times(long effectWindowMillis, long settleMillis) {
    /** Failed commands in a row before a long rest. */
    static final int ATTEMPTS = 3;

    /** The long rest, also after a proposal that nobody approved. */
    static final long REST_MILLIS = 300_000;

    /** Time between two evaluations of a throttle that worked. */
    static final long REJUDGE_MILLIS = 60_000;

    /** The same for a swap disk. */
    static final long REJUDGE_SWAP_MILLIS = 20_000;
  }
}
