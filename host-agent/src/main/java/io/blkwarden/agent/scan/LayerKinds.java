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
 * What a device between volume and disk does with a submitter's priority, as far as names tell.
 *
 * <p>sysfs does not show a device-mapper target's type. LVM's UUIDs end in the layer ({@code
 * -tpool}, {@code -real}, {@code -cow}), and hidden volumes have names of their kind ({@code
 * lv_rimage_0}); crypt and multipath have prefixes of their own (cryptsetup, multipath-tools).
 */
final class LayerKinds {
  private static final Pattern HIDDEN_VOLUME =
      Pattern.compile(".*_(rimage|rmeta|mimage|mlog|cdata|cmeta|corig|wcorig|vdata|vpool)(_\\d+)?");
  private static final Pattern LVM_LAYER = Pattern.compile("LVM-.{64}-(tpool|real|cow|cvol|vpool)");

  /** A loop device reads and writes its file by workers of its own. */
  private static final Pattern RESUBMITTING = Pattern.compile("(drbd|bcache|loop)\\d+");

  private static final Set<String> PASSING_LEVELS = Set.of("raid0", "linear");

  private final KernelFiles files;
  private final Map<String, DmDevice> dmByKernelName = new HashMap<>();

  LayerKinds(KernelFiles files, List<DmDevice> dmDevices) {
    this.files = files;
    dmDevices.forEach(device -> dmByKernelName.put(device.kernelName(), device));
  }

  /** The kind of a device that has others below it. */
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
    // Linear and striped volumes lie on disks; what lies on LVM's own layers is something more.
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
