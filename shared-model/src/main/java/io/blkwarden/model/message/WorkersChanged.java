package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;

/**
 * Who serves a disk changed, or what is known of it: workers, proofs or state. Other changes of a
 * disk are a {@link DiskChanged}.
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
