package io.blkwarden.model;

import java.util.UUID;

/**
 * Identity of a disk on its host while its domain runs.
 *
 * <p>The domain's UUID alone does not tell: during a migration to the same host the domain that
 * leaves and the one that arrives have one UUID, and both have the disk.
 *
 * @param domain UUID of the domain
 * @param domid number of the domain
 * @param vdev virtual device, such as {@code xvda2}
 */
public record DiskKey(UUID domain, int domid, String vdev) implements Comparable<DiskKey> {
  public DiskKey {
    Require.present(domain, "domain");
    Require.text(vdev, 64, "vdev");
  }

  /** The disk of a domain. */
  public static DiskKey of(DomainRef domain, String vdev) {
    return new DiskKey(domain.uuid(), domain.domid(), vdev);
  }

  /** Whether both are the same virtual device of the same domain, in whatever run of it. */
  public boolean sameVirtualDevice(DiskKey other) {
    return domain.equals(other.domain) && vdev.equals(other.vdev);
  }

  @Override
  public int compareTo(DiskKey other) {
    int byDomain = domain.compareTo(other.domain);
    int byRun = byDomain != 0 ? byDomain : Integer.compare(domid, other.domid);
    return byRun != 0 ? byRun : vdev.compareTo(other.vdev);
  }

  @Override
  public String toString() {
    return domain + "/" + vdev;
  }
}
