package io.blkwarden.agent.scan;

import io.blkwarden.agent.backend.BackendTypes;
import io.blkwarden.agent.backend.type.BackendParams;
import io.blkwarden.agent.kernel.BlockDevice;
import io.blkwarden.agent.kernel.BlockTree;
import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.QueueScheduler;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.Backend;
import io.blkwarden.agent.mapping.DeviceStack;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict.Layer;
import io.blkwarden.model.DeviceNumber;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the stack below each disk's device; shared devices are read once. */
final class StackScan {
  private final KernelFiles files;
  private final ScanFaults faults;
  private final BlockTree tree;
  private final LayerKinds kinds;
  private final Map<String, DeviceStack.Physical> physical = new HashMap<>();

  StackScan(KernelFiles files, ScanFaults faults, List<DmDevice> dmDevices) {
    this.files = files;
    this.faults = faults;
    this.tree = new BlockTree(files, dmDevices);
    this.kinds = new LayerKinds(files, dmDevices);
  }

  /**
   * The backends with the block devices that only their {@code params} name, such as QEMU's {@code
   * aio:/dev/vg/lv}.
   */
  List<Backend> withNamedDevices(List<Backend> backends) {
    return backends.stream().map(this::withNamedDevice).toList();
  }

  private Backend withNamedDevice(Backend backend) {
    String params = backend.params();
    if (params == null || backend.device() != null) {
      return backend;
    }
    return BackendTypes.of(backend.kind())
        .namedDevice(params)
        .flatMap(tree::device)
        .map(device -> backend.with(device.number(), null, backend.counters()))
        .orElse(backend);
  }

  List<DeviceStack> read(Set<DeviceNumber> devices) {
    List<DeviceStack> stacks = new ArrayList<>();
    for (DeviceNumber device : devices) {
      DeviceStack stack = stack("sys/dev/block/" + device, tree.numbered(device));
      if (stack != null) {
        stacks.add(stack);
      }
    }
    return stacks;
  }

  /**
   * The stacks below files, by {@code params}. Whether priorities pass through the file system is
   * unknown.
   */
  Map<String, DeviceStack> readFiles(Set<String> params) {
    Map<String, DeviceStack> stacks = new HashMap<>();
    for (String each : params) {
      String path = BackendParams.file(each);
      List<String> below = path == null ? List.of() : tree.belowFile(path);
      if (!below.isEmpty()) {
        Set<DeviceNumber> all = new HashSet<>();
        Set<DeviceStack.Physical> physical = new LinkedHashSet<>();
        for (String name : below) {
          DeviceStack stack = stack("sys/class/block/" + name, tree.named(name));
          if (stack != null) {
            all.addAll(stack.below());
            physical.addAll(stack.physical());
          }
        }
        if (!physical.isEmpty() && physical.size() <= DeviceStack.MAX_PHYSICAL) {
          DeviceStack.Physical first = physical.iterator().next();
          stacks.put(
              each,
              new DeviceStack(first.device(), all, Set.of(Layer.UNKNOWN), List.copyOf(physical)));
        }
      }
    }
    return stacks;
  }

  private @Nullable DeviceStack stack(String source, ReadResult<BlockDevice> device) {
    BlockDevice top = faults.value(source, device, false);
    if (top == null) {
      return null;
    }
    BlockTree.Stack walked = faults.value(source, tree.stack(top.name()), false);
    if (walked == null || walked.leaves().size() > DeviceStack.MAX_PHYSICAL) {
      return null;
    }
    Set<DeviceNumber> below = new HashSet<>();
    Set<Layer> layers = EnumSet.noneOf(Layer.class);
    List<DeviceStack.Physical> leaves = new ArrayList<>();
    for (String member : walked.members()) {
      BlockDevice found = faults.value("sys/block/" + member, tree.named(member), false);
      if (found == null) {
        return null;
      }
      below.add(found.number());
      if (walked.leaves().contains(member)) {
        leaves.add(physical.computeIfAbsent(member, name -> physical(name, found.number())));
      } else {
        layers.add(kinds.of(member));
      }
    }
    below.remove(top.number());
    return new DeviceStack(top.number(), below, layers, leaves);
  }

  private DeviceStack.Physical physical(String name, DeviceNumber number) {
    String source = "sys/block/" + name;
    QueueScheduler scheduler = faults.value(source, QueueScheduler.read(files, name), false);
    return new DeviceStack.Physical(
        name,
        number,
        scheduler == null ? null : scheduler.active(),
        faults.value(source, BlockDevice.isRotational(files, name), false),
        BlockDevice.isHardware(files, name));
  }
}
