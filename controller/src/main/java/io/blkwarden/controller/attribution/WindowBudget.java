package io.blkwarden.controller.attribution;

/**
 * The number of disks that may be in windows at once, over all devices; mutable.
 *
 * <p>When it is used up, further devices get no window, and no disk on them is named.
 */
public final class WindowBudget {
  private int left;

  /** A budget of {@code disks}. */
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

  void release(int disks) {
    left += disks;
  }
}
