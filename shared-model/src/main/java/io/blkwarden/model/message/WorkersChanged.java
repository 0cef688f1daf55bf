package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;

/**
 * What is known of a disk changed: workers, proof, volume, scheduler or state.
 *
 * @param origin host, boot, revision and time
 * @param disk the disk as it is known now
 */
public record WorkersChanged(@JsonUnwrapped MappingOrigin origin, MappedDisk disk)
    implements MappingEvent {
  public WorkersChanged {
    Require.present(origin, "origin");
    Require.present(disk, "disk");
  }

  @JsonIgnore
  @Override
  public String event() {
    return "workers-changed";
  }
}
