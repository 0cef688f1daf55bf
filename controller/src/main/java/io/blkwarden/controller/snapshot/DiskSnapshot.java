package io.blkwarden.controller.snapshot;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.VolumeRole;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disk in the last window between two samples; unknown values are absent.
 *
 * @param domain its domain
 * @param vdev virtual device
 * @param volume the toolstack's path
 * @param role role of the volume
 * @param state whether its workers are proven
 * @param reason why they are not; absent when they are
 * @param workers tasks that serve it, as name and pid
 * @param devices the physical devices below it
 * @param iops reads and writes a second
 * @param readBytesPerS bytes read a second
 * @param writeBytesPerS bytes written a second
 * @param awaitMs mean time of an I/O
 * @param util share of the time in which any I/O was in flight, 0 to 1
 * @param share its share of the time of all guests' I/Os on its device, 0 to 1
 * @param readIops reads a second
 * @param writeIops writes a second
 * @param readAwaitMs mean time of a read
 * @param writeAwaitMs mean time of a write
 * @param inFlight I/Os in flight when the sample was taken
 * @param policies whose threshold it exceeds
 */
public record DiskSnapshot(
    DomainRef domain,
    String vdev,
    @Nullable String volume,
    VolumeRole role,
    MappingState state,
    @Nullable UnresolvedReason reason,
    List<String> workers,
    List<String> devices,
    @Nullable Double iops,
    @Nullable Double readBytesPerS,
    @Nullable Double writeBytesPerS,
    @Nullable Double awaitMs,
    @Nullable Double util,
    @Nullable Double share,
    @Nullable Double readIops,
    @Nullable Double writeIops,
    @Nullable Double readAwaitMs,
    @Nullable Double writeAwaitMs,
    @Nullable Double inFlight,
    List<String> policies) {
  public DiskSnapshot {
    workers = List.copyOf(workers);
    devices = List.copyOf(devices);
    policies = List.copyOf(policies);
  }
}
