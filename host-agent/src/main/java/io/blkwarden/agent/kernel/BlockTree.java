package io.blkwarden.agent.kernel;

import io.blkwarden.model.DeviceNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A cache of the host's block devices for one scan: each device is read once.
 *
 * <p>Not thread-safe.
 */
public final class BlockTree {
  private static final Pattern LOOP = Pattern.compile("loop\\d+");

  private final KernelFiles files;
  private final BackingFiles backing;
  private final Map<DeviceNumber, BlockDevice> dmByNumber = new HashMap<>();
  private final Map<String, ReadResult<BlockDevice>> devices = new HashMap<>();
  private final Map<String, ReadResult<List<String>>> slaves = new HashMap<>();

  /**
   * A tree without entries other than the known ones.
   *
   * @param known device-mapper devices that this scan has read
   */
  public BlockTree(KernelFiles files, List<DmDevice> known) {
    this.files = files;
    this.backing = new BackingFiles(files, known);
    for (DmDevice dm : known) {
      BlockDevice device = new BlockDevice(dm.kernelName(), dm.number(), dm.kernelName());
      dmByNumber.put(dm.number(), device);
      devices.put(dm.kernelName(), ReadResult.present(device));
      slaves.put(dm.kernelName(), ReadResult.present(dm.slaves()));
    }
  }

  /** Finds a device by its number. */
  public ReadResult<BlockDevice> numbered(DeviceNumber number) {
    BlockDevice dm = dmByNumber.get(number);
    return dm == null ? BlockDevice.numbered(files, number) : ReadResult.present(dm);
  }

  /** Finds a device or partition by its kernel name. */
  public ReadResult<BlockDevice> named(String name) {
    return devices.computeIfAbsent(name, absent -> BlockDevice.named(files, absent));
  }

  /** Devices directly below a disk: its slaves, or those below a loop device's file. */
  ReadResult<List<String>> slaves(String disk) {
    return slaves.computeIfAbsent(
        disk,
        absent -> {
          if (LOOP.matcher(absent).matches()) {
            return ReadResult.present(backing.belowLoop(absent));
          }
          ReadResult<List<String>> found = files.list("sys/block/" + absent + "/slaves");
          return found instanceof ReadResult.Absent ? ReadResult.present(List.of()) : found;
        });
  }

  /** Kernel names of the devices below a file; empty when unknown. */
  public List<String> belowFile(String path) {
    return backing.below(path);
  }
}
