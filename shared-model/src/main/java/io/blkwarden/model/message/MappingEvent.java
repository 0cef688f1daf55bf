package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;
import io.blkwarden.model.Volume;
import java.util.List;

/**
 * A change of a host's mapping of guest disks to workers, or the whole mapping.
 *
 * <p>Published in order on {@code mapping.<p>.<host>.<event>}.
 */
public sealed interface MappingEvent extends ControlMessage
    permits MappingSnapshot,
        MappingEvent.DomainStarted,
        MappingEvent.DomainStopped,
        MappingEvent.DiskAttached,
        MappingEvent.DiskDetached,
        MappingEvent.DeviceAdded,
        MappingEvent.DeviceRemoved,
        MappingEvent.WorkersChanged,
        MappingEvent.DiskChanged {
  /** Host, boot, revision and time. */
  MappingOrigin origin();

  /** Last token of the subject, such as {@code disk-attached}. */
  @JsonIgnore
  default String event() {
    return switch (this) {
      case MappingSnapshot _ -> "snapshot";
      case DomainStarted _ -> "domain-started";
      case DomainStopped _ -> "domain-stopped";
      case DiskAttached _ -> "disk-attached";
      case DiskDetached _ -> "disk-detached";
      case DeviceAdded _ -> "device-added";
      case DeviceRemoved _ -> "device-removed";
      case WorkersChanged _ -> "workers-changed";
      case DiskChanged _ -> "disk-changed";
    };
  }

  /**
   * A domain was introduced to xenstore.
   *
   * @param origin host, boot, revision and time
   * @param domain the new incarnation
   */
  record DomainStarted(@JsonUnwrapped MappingOrigin origin, DomainRef domain)
      implements MappingEvent {}

  /**
   * A domain was destroyed, shut down or migrated away.
   *
   * @param origin host, boot, revision and time
   * @param domain the incarnation that ended
   */
  record DomainStopped(@JsonUnwrapped MappingOrigin origin, DomainRef domain)
      implements MappingEvent {}

  /**
   * A disk was attached to a domain; its workers may still be unresolved.
   *
   * @param origin host, boot, revision and time
   * @param disk the disk as known so far
   */
  record DiskAttached(@JsonUnwrapped MappingOrigin origin, MappedDisk disk)
      implements MappingEvent {}

  /**
   * A disk was detached from a domain.
   *
   * @param origin host, boot, revision and time
   * @param disk the last known state, with state {@code gone}
   */
  record DiskDetached(@JsonUnwrapped MappingOrigin origin, MappedDisk disk)
      implements MappingEvent {}

  /**
   * A device-mapper device became usable or was renamed.
   *
   * @param origin host, boot, revision and time
   * @param volume the device
   */
  record DeviceAdded(@JsonUnwrapped MappingOrigin origin, Volume volume) implements MappingEvent {}

  /**
   * A device-mapper device was removed.
   *
   * @param origin host, boot, revision and time
   * @param volume the last known state of the device
   */
  record DeviceRemoved(@JsonUnwrapped MappingOrigin origin, Volume volume)
      implements MappingEvent {}

  /**
   * The workers, proofs or state of a disk changed. Other changes are a {@link DiskChanged}.
   *
   * @param origin host, boot, revision and time
   * @param disk the new state
   */
  record WorkersChanged(@JsonUnwrapped MappingOrigin origin, MappedDisk disk)
      implements MappingEvent {}

  /**
   * A disk changed in something other than its workers: a name, its volume, a scheduler below it,
   * its labels.
   *
   * @param origin host, boot, revision and time
   * @param disk the new state
   * @param changed what changed: {@code domain} (its name), {@code mode}, {@code volume}, {@code
   *     role}, {@code devices} (other physical devices), {@code scheduler} (theirs, and the
   *     verdict), {@code labels}; readers ignore unknown words
   */
  record DiskChanged(@JsonUnwrapped MappingOrigin origin, MappedDisk disk, List<String> changed)
      implements MappingEvent {
    public DiskChanged {
      changed = Require.list(changed, 16, "changed");
      changed.forEach(word -> Require.text(word, 32, "changed"));
    }
  }
}
