package io.blkwarden.agent.scan;

import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict.Layer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Determines the {@link Layer} of a device from its names.
 *
 * <p>sysfs does not show a device-mapper target's type. LVM's UUIDs end in the layer ({@code
 * -tpool}, {@code -real}, {@code -cow}), and hidden volumes have typical names ({@code
 * lv_rimage_0}); UUIDs of crypt and multipath have a prefix (cryptsetup, multipath-tools).
 */
final class LayerKinds {
  private static final Pattern HIDDEN_VOLUME =
      Pattern.compile(".*_(rimage|rmeta|mimage|mlog|cdata|cmeta|corig|wcorig|vdata|vpool)(_\\d+)?");
  private static final Pattern LVM_LAYER = Pattern.compile("LVM-.{64}-(tpool|real|cow|cvol|vpool)");

  /** A loop device reads and writes its file from its own workers. */
  private static final Pattern RESUBMITTING = Pattern.compile("(drbd|bcache|loop)\\d+");

  private static final Set<String> PASSING_LEVELS = Set.of("raid0", "linear");

  private final KernelFiles files;
  private final Map<String, DmDevice> dmByKernelName = new HashMap<>();

  LayerKinds(KernelFiles files, List<DmDevice> dmDevices) {
    this.files = files;
    dmDevices.forEach(device -> dmByKernelName.put(device.kernelName(), device));
  }

  /** The layer of a device with slaves. */
  Layer of(String kernelName) {
    DmDevice device = dmByKernelName.get(kernelName);
    if (device != null) {
      return ofDm(device);
    }
    if (kernelName.startsWith("md")) {
      String level = files.read("sys/block/" + kernelName + "/md/level").orElse("").strip();
      return PASSING_LEVELS.contains(level) ? Layer.PASSES : Layer.RESUBMITS;
    }
    return RESUBMITTING.matcher(kernelName).matches() ? Layer.RESUBMITS : Layer.UNKNOWN;
  }

  private Layer ofDm(DmDevice device) {
    String uuid = device.uuid().orElse("");
    if (uuid.startsWith("CRYPT-")) {
      return Layer.RESUBMITS;
    }
    if (uuid.startsWith("mpath-")) {
      return Layer.SCHEDULES;
    }
    if (uuid.startsWith("part")) {
      return Layer.PASSES;
    }
    if (!uuid.startsWith("LVM-")) {
      return Layer.UNKNOWN;
    }
    // Linear and striped volumes are on disks; other types are on LVM's hidden layers.
    boolean onLayers = device.slaves().stream().anyMatch(this::isLvmLayer);
    return onLayers || uuid.endsWith("-tpool") ? Layer.RESUBMITS : Layer.PASSES;
  }

  private boolean isLvmLayer(String kernelName) {
    DmDevice below = dmByKernelName.get(kernelName);
    return below != null
        && (LVM_LAYER.matcher(below.uuid().orElse("")).matches()
            || HIDDEN_VOLUME.matcher(below.name()).matches());
  }
}
