package io.blkwarden.controller.throttle;

import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import java.util.Optional;

/** Every gate between a wish to throttle a disk and the command, besides the ladder. */
public final class SafetyCheck {
  private SafetyCheck() {}

  /**
   * Why the disk may not be throttled; empty when it may.
   *
   * @param policies protect rules and brakes
   * @param host the disk's
   * @param disk as the map has it
   * @param mapGap whether mapping events are missing
   * @param load what is throttled already, without this disk
   */
  public static Optional<Refusal> refusal(
      PolicySet policies, HostId host, MappedDisk disk, boolean mapGap, ThrottleCounts load) {
    if (policies.protects(host, disk)) {
      return refuse(Kind.PROTECTED, "the protect list names it");
    }
    if (disk.state() == MappingState.GONE) {
      return refuse(Kind.MAPPING, "the disk is being taken away");
    }
    if (disk.state() != MappingState.RESOLVED) {
      return refuse(
          Kind.MAPPING,
          "its workers are not proven"
              + (disk.reason() == null ? "" : " (" + disk.reason().wire() + ")"));
    }
    if (mapGap) {
      return refuse(Kind.MAPPING, "events of the host's map are missing, a snapshot is awaited");
    }
    return SafetyLimitCheck.refusal(policies.safetyLimits(), load)
        .map(reason -> new Refusal(Kind.BRAKE, reason));
  }

  private static Optional<Refusal> refuse(Kind kind, String reason) {
    return Optional.of(new Refusal(kind, reason));
  }

  /** Which gate refused. */
  public enum Kind {
    /** The protect list. */
    PROTECTED,
    /** The host's map. */
    MAPPING,
    /** A brake. */
    BRAKE
  }

  /**
   * A refusal.
   *
   * @param kind which gate
   * @param reason why, without the disk's name
   */
  public record Refusal(Kind kind, String reason) {}
}
