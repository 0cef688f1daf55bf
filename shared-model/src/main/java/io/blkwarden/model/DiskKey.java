package io.blkwarden.model;

import java.util.UUID;

/**
 * Lasting identity of a disk: the domain's UUID and the virtual device.
 *
 * @param domain UUID of the domain
 * @param vdev virtual device, such as {@code xvda2}
 */
public record DiskKey(UUID domain, String vdev) implements Comparable<DiskKey> {
  public DiskKey {
    Require.present(domain, "domain");
    Require.text(vdev, 64, "vdev");
  }

  @Override
  public int compareTo(DiskKey other) {
    int byDomain = domain.compareTo(other.domain);
    return byDomain != 0 ? byDomain : vdev.compareTo(other.vdev);
  }

  @Override
  public String toString() {
    return domain + "/" + vdev;
  }
}
