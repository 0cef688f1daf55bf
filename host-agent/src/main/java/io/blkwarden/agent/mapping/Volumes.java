package io.blkwarden.agent.mapping;

import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.model.Volume;
import java.util.Comparator;
import java.util.List;

/** The device-mapper devices of a snapshot as volumes. */
public final class Volumes {
  private Volumes() {}

  /** Those that are in use as they are, not suspended, by number. */
  public static List<Volume> usable(HostSnapshot snapshot, RolePatterns roles) {
    DiskBuilder builder = new DiskBuilder(roles);
    return snapshot.dmDevices().stream()
        .filter(device -> !device.suspended())
        .sorted(Comparator.comparing(DmDevice::number))
        .map(builder::volume)
        .toList();
  }
}
