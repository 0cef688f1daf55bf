package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.agent.backend.blkback.BlkbackName.Style;
import io.blkwarden.model.DeviceNumber;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a thread's name matches a disk: fully, fully at maximum length, or truncated.
 *
 * <p>Source of the names: {@code drivers/block/xen-blkback/xenbus.c} ({@code blkback_name()},
 * {@code xen_update_blkif_status()}), which uses the configured device name after {@code /dev/}.
 *
 * @param singleRing whether kernels with this naming scheme have one thread per disk
 * @param whole whether the name contains domain and disk in full
 * @param borderline whether the name has maximum length, so that a longer name would be truncated
 *     to it
 * @param ring the ring in the name; absent when it has none or is truncated
 */
record NameMatch(boolean singleRing, boolean whole, boolean borderline, @Nullable Integer ring) {
  /**
   * The match of a name and a disk, or empty.
   *
   * @param name the thread's name
   * @param domid the disk's domain
   * @param dev the configured device name; when absent, any name of the domain matches as truncated
   * @param device the disk's device, for the oldest naming scheme; when absent, any matches
   */
  static Optional<NameMatch> of(
      BlkbackName name, int domid, @Nullable String dev, @Nullable DeviceNumber device) {
    if (name.domid() != domid) {
      return Optional.empty(); // at most five digits, so never truncated
    }
    return switch (name.style()) {
      case NUMBERED -> numbered(name, device);
      case SINGLE, RING -> named(name, dev == null ? null : kernelSpelling(dev));
    };
  }

  /** The node's {@code dev} as the kernel uses it; absent when its length in bytes is unknown. */
  static @Nullable String kernelSpelling(String dev) {
    int at = dev.indexOf("/dev/");
    String name = at < 0 ? dev : dev.substring(at + "/dev/".length());
    return name.chars().allMatch(c -> c > ' ' && c < 127) ? name : null;
  }

  private static Optional<NameMatch> numbered(BlkbackName name, @Nullable DeviceNumber device) {
    if (device == null) {
      return Optional.of(unknown(name));
    }
    String full =
        String.format(
            Locale.ROOT, "xvd %d %02x:%02x", name.domid(), device.major(), device.minor());
    return name.fits(name.domid(), device)
        ? Optional.of(new NameMatch(true, name.comm().equals(full), mayBeTruncated(name), null))
        : Optional.empty();
  }

  private static Optional<NameMatch> named(BlkbackName name, @Nullable String dev) {
    if (dev == null) {
      return Optional.of(unknown(name));
    }
    if (!name.fits(name.domid(), dev)) {
      return Optional.empty();
    }
    if (name.style() == Style.SINGLE) {
      boolean whole = name.comm().equals("blkback." + name.domid() + "." + dev);
      return Optional.of(new NameMatch(true, whole, mayBeTruncated(name), null));
    }
    String stem = name.domid() + "." + dev;
    boolean uncut = stem.length() <= BlkbackName.COMM_LENGTH;
    String digits =
        name.comm().substring(Math.min(name.comm().length(), truncate(stem).length() + 1));
    Integer ring = digits.isEmpty() ? null : Integer.valueOf(digits);
    return Optional.of(new NameMatch(false, uncut && ring != null, mayBeTruncated(name), ring));
  }

  private static NameMatch unknown(BlkbackName name) {
    return new NameMatch(name.style() != Style.RING, false, true, null);
  }

  private static boolean mayBeTruncated(BlkbackName name) {
    return !name.whole();
  }

  private static String truncate(String stem) {
    return stem.length() > BlkbackName.COMM_LENGTH
        ? stem.substring(0, BlkbackName.COMM_LENGTH)
        : stem;
  }
}
