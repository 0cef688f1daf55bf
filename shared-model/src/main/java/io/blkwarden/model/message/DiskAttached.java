package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;

/**
 * A disk was attached to a domain; its workers may still be unresolved.
 *
 * @param origin host, boot, revision and time
 * @param disk the disk as it is known so far
 */
public record DiskAttached(@JsonUnwrapped MappingOrigin origin, MappedDisk disk)
    implements MappingEvent {
  public DiskAttached {
    Require.present(origin, "origin");
    Require.present(disk, "disk");
  }

  @JsonIgnore
  @Override
  public String event() {
    return "disk-attached";
  }
}
