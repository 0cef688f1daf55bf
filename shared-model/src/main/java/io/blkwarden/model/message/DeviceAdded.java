package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.Require;
import io.blkwarden.model.Volume;

/**
 * A device-mapper device became usable or changed its name.
 *
 * @param origin host, boot, revision and time
 * @param volume the device
 */
public record DeviceAdded(@JsonUnwrapped MappingOrigin origin, Volume volume)
    implements MappingEvent {
  public DeviceAdded {
    Require.present(origin, "origin");
    Require.present(volume, "volume");
  }

  @JsonIgnore
  @Override
  public String event() {
    return "device-added";
  }
}
