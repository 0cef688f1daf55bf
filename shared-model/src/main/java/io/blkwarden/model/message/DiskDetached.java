package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;

/**
 * A disk was taken from a domain.
 *
 * @param origin host, boot, revision and time
 * @param disk the disk as it was known last, with state {@code gone}
 */
public record DiskDetached(@JsonUnwrapped MappingOrigin origin, MappedDisk disk)
    implements MappingEvent {
  public DiskDetached {
    Require.present(origin, "origin");
    Require.present(disk, "disk");
  }

  @JsonIgnore
  @Override
  public String event() {
    return "disk-detached";
  }
}
