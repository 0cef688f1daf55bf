package io.blkwarden.model;

import java.util.UUID;

/**
 * The identity of a disk on its host while its domain runs.
 *
 * <p>The UUID alone is ambiguous: during a migration within a host both domains have the same UUID
 * and the disk.
 *
 * @param domain UUID of the domain
 * @param domid domain number
 * @param vdev virtual device, such as {@code xvda2}
 */
public record DiskKey(UUID domain, int domid, String vdev) implements Comparable<DiskKey> {
  public DiskKey {
    Require.text(vdev, 64, "vdev");
  }

  /** The disk of a domain. */
  public static DiskKey of(DomainRef domain, String vdev) {
    return new DiskKey(domain.uuid(), domain.domid(), vdev);
  }

  /** Whether both are the same virtual device of the same domain, in any incarnation. */
  public boolean sameVirtualDevice(DiskKey other) {
    return domain.equals(other.domain) && vdev.equals(other.vdev);
  }

  @Override
  public int compareTo(DiskKey other) {
    int byDomain = domain.compareTo(other.domain);
    int byDomid = byDomain != 0 ? byDomain : Integer.compare(domid, other.domid);
    return byDomid != 0 ? byDomid : vdev.compareTo(other.vdev);
  }

  @Override
  public String toString() {
    return domain + "/" + vdev;
  }
}
