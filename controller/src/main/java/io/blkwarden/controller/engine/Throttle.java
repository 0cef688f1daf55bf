package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.WindowSums;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert.AlertWorker;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A lease as the controller believes it to be; mutable. */
final class Throttle {
  /** Where in its life it is. */
  enum Stage {
    /** Asked for; the agent may hold it already. */
    REQUESTED,
    /** Held by the agent. */
    HELD,
    /** Its end was asked for. */
    ENDING
  }

  final MessageId lease;
  final HostId host;
  final DomainRef domain;
  final DiskKey disk;
  final String reason;

  Stage stage;
  Restraint restraint;
  List<AlertWorker> workers = List.of();

  /** Whose breach it serves; absent for a person's, and for one found in a heartbeat. */
  @Nullable Evaluation owner;

  /** Who asked for it; absent for a policy's. */
  @Nullable String person;

  /** The command that is under way for it, if any. */
  @Nullable MessageId pending;

  /** When the agent set it or renewed it last, by the host's wall clock. */
  @Nullable Instant setAt;

  long leaseMillis;
  long endsMillis;
  long renewMillis;
  long heldSinceMillis;
  int beatsWithout;
  int releases;

  /** How it is let go of, once its breach is over. */
  StepDown.@Nullable Way way;

  /** Before the first command; {@link WindowSums#NONE} when nothing is known. */
  WindowSums before = WindowSums.NONE;

  /** Whether its effect is still to be judged, and when. */
  boolean effectOpen;

  long appliedMillis;
  long judgeMillis;
  int judgements;

  /** Whether it was found to work; what contradicts that later must be found twice in a row. */
  boolean worked;

  int doubts;

  /** The limit that is set again unless the disk is calm behind the wider one that is tried. */
  Restraint.@Nullable Limit narrower;

  /** How long the disk has stayed near its limit, and how long it must for a wider one. */
  long nearLimitMillis;

  long tryAfterMillis = LimitProbe.FIRST_MILLIS;

  /**
   * Whether it was found to change nothing: it had no effect, or there is nobody to have one for.
   * It does not use up the limit of throttled hosts then.
   */
  boolean changesNothing;

  Throttle(
      MessageId lease,
      HostId host,
      DomainRef domain,
      DiskKey disk,
      Restraint restraint,
      String reason,
      Stage stage) {
    this.lease = lease;
    this.host = host;
    this.domain = domain;
    this.disk = disk;
    this.restraint = restraint;
    this.reason = reason;
    this.stage = stage;
  }

  /** Whether its host counts as throttled; a release that no answer came for ends that. */
  boolean counts() {
    return !changesNothing && (stage != Stage.ENDING || releases <= 1);
  }

  boolean held() {
    return stage == Stage.HELD;
  }
}
