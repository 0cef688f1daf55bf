package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.Require;
import io.blkwarden.model.Volume;

/**
 * A device-mapper device is gone.
 *
 * @param origin host, boot, revision and time
 * @param volume the device as it was known last
 */
public record DeviceRemoved(@JsonUnwrapped MappingOrigin origin, Volume volume)
    implements MappingEvent {
  public DeviceRemoved {
    Require.present(origin, "origin");
    Require.present(volume, "volume");
  }

  @JsonIgnore
  @Override
  public String event() {
    return "device-removed";
  }
}
