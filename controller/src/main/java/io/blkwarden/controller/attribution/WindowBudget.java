package io.blkwarden.controller.attribution;

/**
 * How many disks may be in windows at once, over all devices; mutable.
 *
 * <p>At the bound a device that is hurt is not watched, and nobody on it is blamed.
 */
public final class WindowBudget {
  private int left;

  /** A budget of so many disks. */
  public WindowBudget(int disks) {
    left = disks;
  }

  boolean take(int disks) {
    if (disks > left) {
      return false;
    }
    left -= disks;
    return true;
  }

  void give(int disks) {
    left += disks;
  }

  /** Disks that may still be taken. */
  public int left() {
    return left;
  }
}
