package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.Require;

/**
 * A domain is gone: destroyed, shut down or migrated away.
 *
 * @param origin host, boot, revision and time
 * @param domain the incarnation that ended
 */
public record DomainStopped(@JsonUnwrapped MappingOrigin origin, DomainRef domain)
    implements MappingEvent {
  public DomainStopped {
    Require.present(origin, "origin");
    Require.present(domain, "domain");
  }

  @JsonIgnore
  @Override
  public String event() {
    return "domain-stopped";
  }
}
