package io.blkwarden.agent.sampling;

import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Physical devices whose counters are stuck while disks on them complete I/O: the kernel does not
 * count them, so they are unknown, not idle.
 *
 * <p>For a disk on several devices one moving device is enough. A tapdisk proves nothing, because
 * it may read parents of its image from the page cache. A device stays unknown until its counters
 * move. Not thread-safe.
 */
final class StuckDevices {
  /**
   * I/Os of a disk in a window after which its devices must have counted; fewer may be in flight.
   */
  static final long COMPLETED_MIN = 8;

  private final int[][] devicesOf;
  private final List<PhysicalDevice> devices;
  private final boolean[] stuck;

  /**
   * Creates the devices of a mapping.
   *
   * @param before stuck devices of the previous mapping
   */
  StuckDevices(List<MappedDisk> disks, List<PhysicalDevice> devices, Set<DeviceNumber> before) {
    this.devices = List.copyOf(devices);
    Map<DeviceNumber, Integer> rows = new HashMap<>();
    stuck = new boolean[devices.size()];
    for (int row = 0; row < devices.size(); row++) {
      rows.put(devices.get(row).device(), row);
      stuck[row] = before.contains(devices.get(row).device());
    }
    devicesOf =
        disks.stream()
            .map(disk ->
                (disk.disk().backend() == BackendKind.VBD3
                        ? Stream.<PhysicalDevice>empty()
                        : disk.physical().stream())
                    .map(PhysicalDevice::device)
                    .filter(rows::containsKey)
                    .mapToInt(rows::get)
                    .toArray())
            .toArray(int[][]::new);
  }

  /**
   * Evaluates a window.
   *
   * @param completed I/Os that each disk completed; 0 when unknown
   * @param moved for each device whether any of its counters changed or I/O is in flight; true when
   *     unknown
   */
  void update(long[] completed, boolean[] moved) {
    for (int device = 0; device < moved.length; device++) {
      stuck[device] &= !moved[device];
    }
    for (int disk = 0; disk < devicesOf.length; disk++) {
      if (completed[disk] >= COMPLETED_MIN && noneMoved(devicesOf[disk], moved)) {
        for (int device : devicesOf[disk]) {
          stuck[device] = true;
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

  boolean isStuck(int device) {
    return stuck[device];
  }

  /** Names of the stuck devices. */
  List<String> names() {
    Set<DeviceNumber> all = all();
    return devices.stream()
        .filter(device -> all.contains(device.device()))
        .map(PhysicalDevice::name)
        .toList();
  }

  /** The stuck devices. */
  Set<DeviceNumber> all() {
    Set<DeviceNumber> all = new HashSet<>();
    for (int row = 0; row < stuck.length; row++) {
      if (stuck[row]) {
        all.add(devices.get(row).device());
      }
    }
    return all;
  }
}
