package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.Require;

/**
 * A domain was introduced to xenstore.
 *
 * @param origin host, boot, revision and time
 * @param domain the new incarnation
 */
public record DomainStarted(@JsonUnwrapped MappingOrigin origin, DomainRef domain)
    implements MappingEvent {
  public DomainStarted {
    Require.present(origin, "origin");
    Require.present(domain, "domain");
  }

  @JsonIgnore
  @Override
  public String event() {
    return "domain-started";
  }
}
