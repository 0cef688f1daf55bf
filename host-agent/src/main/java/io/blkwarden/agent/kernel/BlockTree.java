package io.blkwarden.agent.kernel;

import io.blkwarden.model.DeviceNumber;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A cache of the host's block devices for one scan: each device is read once.
 *
 * <p>Not thread-safe.
 */
public final class BlockTree {
  /** Maximum number of devices in a stack. */
  public static final int MAX_DEVICES = 512;

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
  private ReadResult<List<String>> slaves(String disk) {
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

  /** The block device at a path below {@code /dev}; empty when unknown. */
  public Optional<BlockDevice> device(String path) {
    return backing.device(path);
  }

  /**
   * Reads the stack below a device, which may be a partition: the {@code slaves/} directories, and
   * the devices below the files of loop devices. A partition counts as its disk. All paths of
   * multipath and all legs of md are leaves. More than {@link #MAX_DEVICES} devices are malformed.
   */
  public ReadResult<Stack> stack(String top) {
    Set<String> seen = new LinkedHashSet<>();
    List<String> leaves = new ArrayList<>();
    Deque<String> next = new ArrayDeque<>(List.of(top));
    while (!next.isEmpty()) {
      ReadResult<BlockDevice> device = named(next.remove());
      if (!(device instanceof ReadResult.Present<BlockDevice>(BlockDevice found))) {
        return device.withoutValue();
      }
      if (!seen.add(found.disk())) {
        continue;
      }
      if (seen.size() > MAX_DEVICES) {
        return ReadResult.malformed(
            "sys/block/" + top, "at most " + MAX_DEVICES + " devices below", "more");
      }
      ReadResult<List<String>> slaves = slaves(found.disk());
      if (!(slaves instanceof ReadResult.Present<List<String>>(List<String> below))) {
        return slaves.withoutValue();
      }
      if (below.isEmpty()) {
        leaves.add(found.disk());
      }
      next.addAll(below);
    }
    return ReadResult.present(new Stack(List.copyOf(seen), List.copyOf(leaves)));
  }

  /**
   * The devices below a volume, down to the physical devices.
   *
   * @param members kernel names of all devices, top first
   * @param leaves devices without slaves
   */
  public record Stack(List<String> members, List<String> leaves) {}
}
