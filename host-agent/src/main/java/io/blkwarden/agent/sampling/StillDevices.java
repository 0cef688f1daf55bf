package io.blkwarden.agent.sampling;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Physical devices whose counters stand still while disks on them complete I/O: the kernel does not
 * count there, so they are unknown, and not idle.
 *
 * <p>A disk on several devices needs only one of them to move. A device counts as unknown until its
 * counters move. Not safe for use by several threads.
 */
final class StillDevices {
  /** I/Os of a disk in a window that its devices must have seen: fewer may be on their way. */
  static final long COMPLETED_MIN = 8;

  private final int[][] devicesOf;
  private final List<PhysicalDevice> devices;
  private final boolean[] still;

  /**
   * Devices of a map.
   *
   * @param before those that stood still in the map before
   */
  StillDevices(List<MappedDisk> disks, List<PhysicalDevice> devices, Set<DeviceNumber> before) {
    this.devices = List.copyOf(devices);
    Map<DeviceNumber, Integer> rows = new HashMap<>();
    still = new boolean[devices.size()];
    for (int row = 0; row < devices.size(); row++) {
      rows.put(devices.get(row).device(), row);
      still[row] = before.contains(devices.get(row).device());
    }
    devicesOf =
        disks.stream()
            .map(disk ->
                disk.physical().stream()
                    .map(PhysicalDevice::device)
                    .filter(rows::containsKey)
                    .mapToInt(rows::get)
                    .toArray())
            .toArray(int[][]::new);
  }

  /**
   * Takes a window.
   *
   * @param completed I/Os that each disk completed; 0 when unknown
   * @param moved for each device whether any of its counters changed or I/O is in flight; true when
   *     unknown
   */
  void look(long[] completed, boolean[] moved) {
    for (int device = 0; device < moved.length; device++) {
      still[device] &= !moved[device];
    }
    for (int disk = 0; disk < devicesOf.length; disk++) {
      if (completed[disk] >= COMPLETED_MIN && noneMoved(devicesOf[disk], moved)) {
        for (int device : devicesOf[disk]) {
          still[device] = true;
        }
      }
    }
  }

  private static boolean noneMoved(int[] devices, boolean[] moved) {
    for (int device : devices) {
      if (moved[device]) {
        return false;
      }
    }
    return true;
  }

  boolean still(int device) {
    return still[device];
  }

  /** Names of all that stand still. */
  List<String> names() {
    Set<DeviceNumber> all = all();
    return devices.stream()
        .filter(device -> all.contains(device.device()))
        .map(PhysicalDevice::name)
        .toList();
  }

  /** All that stand still. */
  Set<DeviceNumber> all() {
    Set<DeviceNumber> all = new HashSet<>();
    for (int row = 0; row < still.length; row++) {
      if (still[row]) {
        all.add(devices.get(row).device());
      }
    }
    return all;
  }
}
