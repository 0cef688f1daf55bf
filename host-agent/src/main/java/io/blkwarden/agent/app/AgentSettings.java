package io.blkwarden.agent.app;

import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import java.time.Duration;

/**
 * What an agent is told.
 *
 * @param host its host's name
 * @param version of the agent, for its heartbeat
 * @param interval time between two samples, 100 ms to 60 s
 * @param readOnly whether it refuses to set priorities; it ends leases in any case
 * @param roles what volumes' names say of their use
 */
public record AgentSettings(
    HostId host, String version, Duration interval, boolean readOnly, RolePatterns roles) {
  public AgentSettings {
    Require.present(host, "host");
    Require.text(version, 100, "version");
    Require.within(interval.toMillis(), 100, 60_000, "interval in ms");
    Require.present(roles, "roles");
  }
}
