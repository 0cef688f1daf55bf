package io.blkwarden.agent.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The devices below a volume, down to the physical devices.
 *
 * <p>Source: the {@code slaves/} directories below {@code /sys/block}; a partition counts as its
 * disk. All paths of multipath and all legs of md are leaves. More than {@link #MAX_DEVICES}
 * devices are malformed.
 *
 * @param top kernel name of the topmost device
 * @param members all devices, top first
 * @param leaves devices without slaves
 */
public record BlockStack(String top, List<String> members, List<String> leaves) {
  /** Maximum number of devices in a stack. */
  public static final int MAX_DEVICES = 512;

  public BlockStack {
    members = List.copyOf(members);
    leaves = List.copyOf(leaves);
  }

  /** Reads the stack below a device, which may be a partition. */
  public static ReadResult<BlockStack> read(BlockTree tree, String top) {
    Set<String> seen = new LinkedHashSet<>();
    List<String> leaves = new ArrayList<>();
    Deque<String> next = new ArrayDeque<>(List.of(top));
    while (!next.isEmpty()) {
      ReadResult<BlockDevice> device = tree.named(next.remove());
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
      ReadResult<List<String>> slaves = tree.slaves(found.disk());
      if (!(slaves instanceof ReadResult.Present<List<String>>(List<String> below))) {
        return slaves.withoutValue();
      }
      if (below.isEmpty()) {
        leaves.add(found.disk());
      }
      next.addAll(below);
    }
    return ReadResult.present(new BlockStack(top, List.copyOf(seen), leaves));
  }
}
