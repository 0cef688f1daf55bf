package io.blkwarden.agent.mapping;

import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingOrigin;

/** A change in a host's mapping. */
@FunctionalInterface
public interface MappingChange {
  /** The event that publishes the change. */
  MappingEvent event(MappingOrigin origin);
}
