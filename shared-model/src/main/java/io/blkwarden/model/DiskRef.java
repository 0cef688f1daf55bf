package io.blkwarden.model;

/**
 * A virtual disk of a domain, as in xenstore.
 *
 * @param vdev the virtual device as configured, such as {@code xvda2}; 1 to 64 characters
 * @param handle the virtual device number, such as 51714 (xen-vbd-interface(7))
 * @param backend kind of backend
 * @param mode {@code r}, {@code w} or {@code w!}
 */
public record DiskRef(String vdev, int handle, BackendKind backend, String mode) {
  public DiskRef {
    Require.text(vdev, 64, "disk.vdev");
    Require.within(handle, 0, Integer.MAX_VALUE, "disk.handle");
    Require.text(mode, 8, "disk.mode");
  }
}
