package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.agent.backend.blkback.BlkbackName.Style;
import io.blkwarden.model.DeviceNumber;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final Pattern RING_SUFFIX = Pattern.compile("(?:-(\\d{0,4}))?");

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
    String full = fullName(name.style(), domid, dev, device);
    boolean ofRing = name.style() == Style.RING;
    if (full == null) {
      return Optional.of(new NameMatch(!ofRing, false, true, null));
    }
    String comm = name.comm();
    String shown = full.substring(0, Math.min(full.length(), BlkbackName.COMM_LENGTH));
    if (!ofRing) {
      return comm.equals(shown)
          ? Optional.of(new NameMatch(true, comm.equals(full), !name.whole(), null))
          : Optional.empty();
    }
    Matcher suffix = RING_SUFFIX.matcher(comm.substring(Math.min(comm.length(), shown.length())));
    if (!comm.startsWith(shown) || !suffix.matches()) {
      return Optional.empty();
    }
    String digits = Objects.requireNonNullElse(suffix.group(1), "");
    if (digits.isEmpty()) {
      return comm.length() == BlkbackName.COMM_LENGTH
          ? Optional.of(new NameMatch(false, false, !name.whole(), null))
          : Optional.empty();
    }
    boolean whole = full.length() <= BlkbackName.COMM_LENGTH;
    return Optional.of(new NameMatch(false, whole, !name.whole(), Integer.valueOf(digits)));
  }

  /** The thread's name without the ring, before truncation; absent when not known. */
  private static @Nullable String fullName(
      Style style, int domid, @Nullable String dev, @Nullable DeviceNumber device) {
    if (style == Style.NUMBERED) {
      return device == null
          ? null
          : String.format(Locale.ROOT, "xvd %d %02x:%02x", domid, device.major(), device.minor());
    }
    String spelling = dev == null ? null : kernelSpelling(dev);
    String prefix = style == Style.SINGLE ? "blkback." : "";
    return spelling == null ? null : prefix + domid + "." + spelling;
  }

  /** The node's {@code dev} as the kernel uses it; absent when its length in bytes is unknown. */
  static @Nullable String kernelSpelling(String dev) {
    int at = dev.indexOf("/dev/");
    String name = at < 0 ? dev : dev.substring(at + "/dev/".length());
    return name.chars().allMatch(c -> c > ' ' && c < 127) ? name : null;
  }
}
