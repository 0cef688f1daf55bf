package io.blkwarden.agent.lease;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.Require;
import io.blkwarden.model.Restraint;

/**
 * A limit that a lease holds.
 *
 * @param perSecond reads a second, and writes a second
 * @param device what the limit was set on: the disk's own device, or the disk that it is a
 *     partition of
 */
public record LeaseLimit(int perSecond, DeviceNumber device) {
  public LeaseLimit {
    Require.within(
        perSecond,
        Restraint.Limit.MIN_PER_SECOND,
        Restraint.Limit.MAX_PER_SECOND,
        "lease.limit.per_second");
    Require.present(device, "lease.limit.device");
  }
}
