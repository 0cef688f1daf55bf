package io.blkwarden.agent.mapping;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Volume;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingEvent.DeviceAdded;
import io.blkwarden.model.message.MappingEvent.DeviceRemoved;
import io.blkwarden.model.message.MappingEvent.DiskAttached;
import io.blkwarden.model.message.MappingEvent.DiskChanged;
import io.blkwarden.model.message.MappingEvent.DiskDetached;
import io.blkwarden.model.message.MappingEvent.DomainStarted;
import io.blkwarden.model.message.MappingEvent.DomainStopped;
import io.blkwarden.model.message.MappingEvent.WorkersChanged;
import io.blkwarden.model.message.MappingOrigin;
import java.util.List;

/** A change in a host's mapping. */
public sealed interface MappingChange {
  /** A change of a disk. */
  sealed interface OfDisk extends MappingChange {
    /** The disk. */
    MappedDisk disk();
  }

  /**
   * A domain appeared.
   *
   * @param domain the new incarnation
   */
  record Started(DomainRef domain) implements MappingChange {}

  /**
   * A domain stopped.
   *
   * @param domain the incarnation that ended
   */
  record Stopped(DomainRef domain) implements MappingChange {}

  /**
   * A disk appeared.
   *
   * @param disk the disk as known so far
   */
  record Attached(MappedDisk disk) implements OfDisk {}

  /**
   * A disk was removed.
   *
   * @param disk last known state, with state {@code gone}
   */
  record Detached(MappedDisk disk) implements OfDisk {}

  /**
   * A device-mapper device became usable or was renamed.
   *
   * @param volume the device
   */
  record Added(Volume volume) implements MappingChange {}

  /**
   * A device-mapper device was removed.
   *
   * @param volume last known state
   */
  record Removed(Volume volume) implements MappingChange {}

  /**
   * The workers, proofs or state of a disk changed.
   *
   * @param disk the new state
   */
  record Served(MappedDisk disk) implements OfDisk {}

  /**
   * Something else about a disk changed.
   *
   * @param disk the new state
   * @param what changed parts, as in {@link DiskChanged}
   */
  record Changed(MappedDisk disk, List<String> what) implements OfDisk {
    public Changed {
      what = List.copyOf(what);
    }
  }

  /** The event that publishes the change. */
  default MappingEvent event(MappingOrigin origin) {
    return switch (this) {
      case Started change -> new DomainStarted(origin, change.domain());
      case Stopped change -> new DomainStopped(origin, change.domain());
      case Attached change -> new DiskAttached(origin, change.disk());
      case Detached change -> new DiskDetached(origin, change.disk());
      case Added change -> new DeviceAdded(origin, change.volume());
      case Removed change -> new DeviceRemoved(origin, change.volume());
      case Served change -> new WorkersChanged(origin, change.disk());
      case Changed change -> new DiskChanged(origin, change.disk(), change.what());
    };
  }
}
