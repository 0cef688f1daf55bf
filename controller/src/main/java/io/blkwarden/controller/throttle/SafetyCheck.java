package io.blkwarden.controller.throttle;

import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import java.util.Optional;

/** The safety checks before a disk is throttled. */
public final class SafetyCheck {
  private SafetyCheck() {}

  /**
   * Why the disk may not be throttled; empty when it may.
   *
   * @param policies protect rules and safety limits
   * @param host the disk's
   * @param disk as the map has it
   * @param mapGap whether mapping events are missing
   * @param load what is throttled already, without this disk
   */
  public static Optional<Refusal> refusal(
      PolicySet policies, HostId host, MappedDisk disk, boolean mapGap, ThrottleCounts load) {
    if (policies.protects(host, disk)) {
      return Optional.of(new Refusal.Protected());
    }
    if (disk.state() == MappingState.GONE) {
      return Optional.of(new Refusal.DiskRemoved());
    }
    if (disk.state() != MappingState.RESOLVED) {
      return Optional.of(
          new Refusal.WorkersNotProven(disk.reason() == null ? null : disk.reason().wire()));
    }
    if (mapGap) {
      return Optional.of(new Refusal.MapIncomplete());
    }
    return SafetyLimitCheck.refusal(policies.safetyLimits(), load);
  }
}
