package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * A change of a host's map from guest disks to workers, or the whole map.
 *
 * <p>Published in order on {@code mapping.<p>.<host>.<event>}.
 */
public sealed interface MappingEvent extends ControlMessage
    permits MappingSnapshot,
        DomainStarted,
        DomainStopped,
        DiskAttached,
        DiskDetached,
        DeviceAdded,
        DeviceRemoved,
        WorkersChanged,
        DiskChanged {
  /** Host, boot, revision and time. */
  MappingOrigin origin();

  /** Last token of the subject, such as {@code disk-attached}. */
  @JsonIgnore
  String event();
}
