package io.blkwarden.agent.scan;

import io.blkwarden.agent.mapping.DeviceStack;
import io.blkwarden.agent.mapping.verdict.Layer;
import io.blkwarden.agent.probe.BlockDevice;
import io.blkwarden.agent.probe.BlockStack;
import io.blkwarden.agent.probe.BlockTree;
import io.blkwarden.agent.probe.DmDevice;
import io.blkwarden.agent.probe.KernelFiles;
import io.blkwarden.agent.probe.QueueScheduler;
import io.blkwarden.agent.probe.Rotational;
import io.blkwarden.model.DeviceNumber;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What lies below each disk's device; a device shared by many volumes is read once. */
final class StackScan {
  private final KernelFiles files;
  private final Notes notes;
  private final BlockTree tree;
  private final LayerKinds kinds;
  private final Map<String, DeviceStack.Bottom> bottoms = new HashMap<>();

  StackScan(KernelFiles files, Notes notes, List<DmDevice> dmDevices) {
    this.files = files;
    this.notes = notes;
    this.tree = new BlockTree(files, dmDevices);
    this.kinds = new LayerKinds(files, dmDevices);
  }

  List<DeviceStack> read(Set<DeviceNumber> devices) {
    List<DeviceStack> stacks = new ArrayList<>();
    for (DeviceNumber device : devices) {
      DeviceStack stack = stack(device);
      if (stack != null) {
        stacks.add(stack);
      }
    }
    return stacks;
  }

  private @Nullable DeviceStack stack(DeviceNumber number) {
    String source = "sys/dev/block/" + number;
    BlockDevice top = notes.value(source, tree.numbered(number), false);
    BlockStack walked =
        top == null ? null : notes.value(source, BlockStack.walk(tree, top.name()), false);
    if (walked == null || walked.leaves().size() > DeviceStack.MAX_BOTTOMS) {
      return null;
    }
    Set<DeviceNumber> below = new HashSet<>();
    Set<Layer> layers = EnumSet.noneOf(Layer.class);
    List<DeviceStack.Bottom> leaves = new ArrayList<>();
    for (String member : walked.members()) {
      BlockDevice found = notes.value("sys/block/" + member, tree.named(member), false);
      if (found == null) {
        return null;
      }
      below.add(found.number());
      if (walked.leaves().contains(member)) {
        leaves.add(bottoms.computeIfAbsent(member, name -> bottom(name, found.number())));
      } else {
        layers.add(kinds.of(member));
      }
      layers.addAll(kinds.ofLeaf(member));
    }
    below.remove(number);
    return new DeviceStack(number, below, layers, leaves);
  }

  private DeviceStack.Bottom bottom(String name, DeviceNumber number) {
    String source = "sys/block/" + name;
    QueueScheduler scheduler = notes.value(source, QueueScheduler.read(files, name), false);
    return new DeviceStack.Bottom(
        name,
        number,
        scheduler == null ? null : scheduler.active(),
        notes.value(source, Rotational.read(files, name), false));
  }
}
