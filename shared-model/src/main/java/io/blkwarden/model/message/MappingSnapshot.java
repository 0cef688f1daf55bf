package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Require;
import java.util.List;

/**
 * A host's whole mapping and the base of its sample counters.
 *
 * <p>Sent at start, after every change, on request and at intervals. The KV bucket {@code
 * blkwarden-mapping} stores the last one of each host.
 *
 * @param origin host, boot, revision and time
 * @param domains all running guests, at most 4096
 * @param disks all disks, at most 4096; row {@code n} of a sample is disk {@code n}
 * @param devices physical devices, at most 256; row {@code n} of a sample's device table is device
 *     {@code n}
 * @param base base of the sample counters
 */
public record MappingSnapshot(
    @JsonUnwrapped MappingOrigin origin,
    List<DomainRef> domains,
    List<MappedDisk> disks,
    List<PhysicalDevice> devices,
    CounterBase base)
    implements MappingEvent {
  /** Maximum number of disks per host. */
  public static final int MAX_DISKS = 4096;

  /** Maximum number of physical devices per host. */
  public static final int MAX_DEVICES = 256;

  public MappingSnapshot {
    domains = Require.list(domains, MAX_DISKS, "domains");
    disks = Require.list(disks, MAX_DISKS, "disks");
    devices = Require.list(devices, MAX_DEVICES, "devices");
    if (base.disks().size() != disks.size() || base.devices().size() != devices.size()) {
      throw new IllegalArgumentException(
          "base: expected a row for each of %d disks and %d devices, found %d and %d"
              .formatted(disks.size(), devices.size(), base.disks().size(), base.devices().size()));
    }
  }
}
