package io.blkwarden.agent.kernel;

import io.blkwarden.model.DeviceNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The block devices of one look at a host, each read once: device-mapper's, which were read as such
 * already, are not read again, and a disk below a thousand volumes is read for the first of them.
 *
 * <p>Not safe for use by several threads.
 */
public final class BlockTree {
  private static final Pattern LOOP = Pattern.compile("loop\\d+");

  private final KernelFiles files;
  private final BackingFiles backing;
  private final Map<DeviceNumber, BlockDevice> dmByNumber = new HashMap<>();
  private final Map<String, ReadResult<BlockDevice>> devices = new HashMap<>();
  private final Map<String, ReadResult<List<String>>> slaves = new HashMap<>();

  /**
   * A tree of these files.
   *
   * @param known devices of device mapper that were read in this look
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

  /** Finds a device by its kernel name, which may be a partition's. */
  public ReadResult<BlockDevice> named(String name) {
    return devices.computeIfAbsent(name, absent -> BlockDevice.named(files, absent));
  }

  /**
   * Devices right below a disk; a kernel that shows no such directory has none. Below a loop device
   * are those that hold its file.
   */
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

  /** Kernel names of the devices that hold a file; empty when they are not known. */
  public List<String> belowFile(String path) {
    return backing.below(path);
  }
}
