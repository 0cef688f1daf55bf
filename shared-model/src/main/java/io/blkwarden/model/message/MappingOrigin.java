package io.blkwarden.model.message;

import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import java.time.Instant;
import java.util.UUID;

/**
 * The origin of a mapping event: host, time and position in the order.
 *
 * @param host host of the mapping
 * @param boot {@code /proc/sys/kernel/random/boot_id}; revisions of different boots are not
 *     comparable
 * @param run random for each start of the agent; revisions restart with it
 * @param revision increases by one with every event except snapshots, so that gaps are detectable
 * @param at wall clock of the host
 */
public record MappingOrigin(HostId host, UUID boot, UUID run, long revision, Instant at) {
  public MappingOrigin {
    Require.within(revision, 0, Long.MAX_VALUE, "revision");
  }
}
