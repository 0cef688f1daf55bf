package io.blkwarden.model.message;

import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import java.time.Instant;
import java.util.UUID;

/**
 * Where and when a mapping event was true, and its place in the order.
 *
 * @param host whose mapping it is
 * @param boot {@code /proc/sys/kernel/random/boot_id}: revisions of another boot do not compare
 * @param run random for each start of the agent: revisions begin anew with it
 * @param revision grows by one with every event other than a snapshot, so that a gap shows
 * @param at wall clock of the host
 */
public record MappingOrigin(HostId host, UUID boot, UUID run, long revision, Instant at) {
  public MappingOrigin {
    Require.present(host, "host");
    Require.present(boot, "boot");
    Require.present(run, "run");
    Require.within(revision, 0, Long.MAX_VALUE, "revision");
    Require.present(at, "at");
  }
}
