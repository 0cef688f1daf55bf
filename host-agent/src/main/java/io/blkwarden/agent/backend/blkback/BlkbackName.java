package io.blkwarden.agent.backend.blkback;

import io.blkwarden.model.DeviceNumber;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parsed name of a blkback thread; several disks may match it.
 *
 * <p>Kernels truncate names to 15 characters. Linux 5.17 and later show up to 63, but blkback
 * truncates its own {@code DOMID.DEVICE} to 15 before it appends the ring. The domid is never
 * truncated. A name of exactly 15 characters counts as truncated.
 *
 * @param style naming scheme
 * @param domid domain number
 * @param device visible part of the disk's name in the guest ({@code xvda2}), or for {@link
 *     Style#NUMBERED} of the device number in dom0 ({@code fd:14})
 * @param ring ring number; empty if the name has none or may be truncated
 * @param whole whether the name is certainly not truncated
 * @param comm the name as the kernel shows it
 */
public record BlkbackName(
    Style style, int domid, String device, OptionalInt ring, boolean whole, String comm) {
  /** Naming schemes of these threads. */
  public enum Style {
    /** {@code 137.xvda2-0}: mainline from 4.5 to 4.9 on; one thread per ring. */
    RING,
    /** {@code blkback.137.xvd}: older mainline, and SUSE; one thread per disk. */
    SINGLE,
    /** {@code xvd 137 fd:14}: old XenLinux, hexadecimal; one thread per disk. */
    NUMBERED
  }

  /** Characters of a name that every kernel shows ({@code TASK_COMM_LEN} without the final NUL). */
  public static final int COMM_LENGTH = 15;

  private static final Pattern RING = Pattern.compile("(\\d{1,5})\\.(.*?)(?:-(\\d{0,4}))?");
  private static final Pattern SINGLE = Pattern.compile("blkback\\.(\\d{1,5})\\.(.+)");
  private static final Pattern NUMBERED =
      Pattern.compile("xvd (\\d{1,5}) ([0-9a-f]{2,3}:[0-9a-f]{0,5})");

  /** Parses a name; empty if it is not a blkback thread's. */
  public static Optional<BlkbackName> parse(String comm) {
    Matcher single = SINGLE.matcher(comm);
    if (single.matches()) {
      return Optional.of(oneThread(Style.SINGLE, single, comm));
    }
    Matcher numbered = NUMBERED.matcher(comm);
    if (numbered.matches()) {
      return Optional.of(oneThread(Style.NUMBERED, numbered, comm));
    }
    Matcher ring = RING.matcher(comm);
    return ring.matches() && !ring.group(2).isEmpty() ? ofRing(ring, comm) : Optional.empty();
  }

  private static BlkbackName oneThread(Style style, Matcher matcher, String comm) {
    return new BlkbackName(
        style,
        Integer.parseInt(matcher.group(1)),
        matcher.group(2),
        OptionalInt.empty(),
        comm.length() < COMM_LENGTH,
        comm);
  }

  private static Optional<BlkbackName> ofRing(Matcher matcher, String comm) {
    String digits = Optional.ofNullable(matcher.group(3)).orElse("");
    boolean truncated = comm.length() == COMM_LENGTH;
    if (digits.isEmpty() && !truncated) {
      return Optional.empty();
    }
    int baseLength = matcher.end(2);
    OptionalInt ring = truncated ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(digits));
    boolean whole = !truncated && baseLength < COMM_LENGTH;
    return Optional.of(
        new BlkbackName(
            Style.RING, Integer.parseInt(matcher.group(1)), matcher.group(2), ring, whole, comm));
  }

  /**
   * Whether a disk's thread can have this name. If {@link #whole()}, no other disk matches.
   *
   * @param otherDomid the disk's domain
   * @param dev the {@code dev} key of the disk's backend in xenstore
   */
  public boolean fits(int otherDomid, String dev) {
    return switch (style) {
      case RING -> fitsRing(truncate(otherDomid + "." + dev));
      case SINGLE -> comm.equals(truncate("blkback." + otherDomid + "." + dev));
      case NUMBERED -> false;
    };
  }

  /** As {@link #fits(int, String)}, for names that contain the device number. */
  public boolean fits(int otherDomid, DeviceNumber number) {
    String full =
        String.format(Locale.ROOT, "xvd %d %02x:%02x", otherDomid, number.major(), number.minor());
    return style == Style.NUMBERED && comm.equals(truncate(full));
  }

  private boolean fitsRing(String base) {
    if (!comm.startsWith(base)) {
      return false;
    }
    String rest = comm.substring(base.length());
    boolean mayBeTruncated = comm.length() == COMM_LENGTH;
    if (rest.isEmpty()) {
      return mayBeTruncated;
    }
    return rest.charAt(0) == '-'
        && rest.chars().skip(1).allMatch(c -> c >= '0' && c <= '9')
        && (rest.length() > 1 || mayBeTruncated);
  }

  private static String truncate(String name) {
    return name.length() > COMM_LENGTH ? name.substring(0, COMM_LENGTH) : name;
  }
}
