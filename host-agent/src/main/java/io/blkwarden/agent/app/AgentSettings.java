package io.blkwarden.agent.app;

import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import java.time.Duration;

/**
 * The settings of an agent.
 *
 * @param host the host name
 * @param version version of the agent
 * @param interval sampling interval, 100 ms to 60 s
 * @param readOnly whether it refuses to throttle; it ends leases in any case
 * @param roles patterns of volume names
 */
public record AgentSettings(
    HostId host, String version, Duration interval, boolean readOnly, RolePatterns roles) {
  public AgentSettings {
    Require.text(version, 100, "version");
    Require.within(interval.toMillis(), 100, 60_000, "interval in ms");
  }
}
