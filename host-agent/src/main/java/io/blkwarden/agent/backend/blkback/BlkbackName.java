package io.blkwarden.agent.backend.blkback;

import io.blkwarden.model.DeviceNumber;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A blkback thread's name, read as a candidate for disks, which it may share with others.
 *
 * <p>Kernels cut names after 15 characters; from 5.17 on they show up to 63, but blkback cuts its
 * own {@code DOMID.DEVICE} after 15 before it adds the ring. The domid always comes through whole.
 * A name of exactly 15 characters may or may not have been cut: it counts as cut.
 *
 * @param style which kernel's naming it is
 * @param domid the guest's number
 * @param device what is visible of the disk's name in the guest ({@code xvda2}), or for {@link
 *     Style#NUMBERED} of the device's number in dom0 ({@code fd:14})
 * @param ring which ring the thread serves; empty where the name has none or it may be cut
 * @param whole whether nothing can have been cut off
 * @param comm the name as the kernel tells it
 */
public record BlkbackName(
    Style style, int domid, String device, OptionalInt ring, boolean whole, String comm) {
  /** Ways that kernels name these threads. */
  public enum Style {
    /** {@code 137.xvda2-0}: mainline from 4.5 to 4.9 on, one thread a ring. */
    RING,
    /** {@code blkback.137.xvd}: mainline before, and SUSE; one thread a disk. */
    SINGLE,
    /** {@code xvd 137 fd:14}: the oldest XenLinux, hexadecimal; one thread a disk. */
    NUMBERED
  }

  /** Characters of a name that every kernel shows ({@code TASK_COMM_LEN} less its end mark). */
  public static final int COMM_LENGTH = 15;

  private static final Pattern RING = Pattern.compile("(\\d{1,5})\\.(.*?)(?:-(\\d{0,4}))?");
  private static final Pattern SINGLE = Pattern.compile("blkback\\.(\\d{1,5})\\.(.+)");
  private static final Pattern NUMBERED =
      Pattern.compile("xvd (\\d{1,5}) ([0-9a-f]{2,3}:[0-9a-f]{0,5})");

  /** Parses a name; empty when no blkback names its threads so. */
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
    boolean cutAtEnd = comm.length() == COMM_LENGTH;
    if (digits.isEmpty() && !cutAtEnd) {
      return Optional.empty();
    }
    int baseLength = matcher.end(2);
    OptionalInt ring = cutAtEnd ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(digits));
    boolean whole = !cutAtEnd && baseLength < COMM_LENGTH;
    return Optional.of(
        new BlkbackName(
            Style.RING, Integer.parseInt(matcher.group(1)), matcher.group(2), ring, whole, comm));
  }

  /**
   * Whether a disk's thread can have this name. If {@link #whole()}, no other disk's can.
   *
   * @param otherDomid the disk's domain
   * @param dev the disk's name as the {@code dev} key of its backend in xenstore has it
   */
  public boolean fits(int otherDomid, String dev) {
    return switch (style) {
      case RING -> fitsRing(cut(otherDomid + "." + dev));
      case SINGLE -> comm.equals(cut("blkback." + otherDomid + "." + dev));
      case NUMBERED -> false;
    };
  }

  /** As {@link #fits(int, String)}, for names that hold the device's number. */
  public boolean fits(int otherDomid, DeviceNumber number) {
    String full =
        String.format(Locale.ROOT, "xvd %d %02x:%02x", otherDomid, number.major(), number.minor());
    return style == Style.NUMBERED && comm.equals(cut(full));
  }

  private boolean fitsRing(String base) {
    if (!comm.startsWith(base)) {
      return false;
    }
    String rest = comm.substring(base.length());
    boolean mayBeCut = comm.length() == COMM_LENGTH;
    if (rest.isEmpty()) {
      return mayBeCut;
    }
    return rest.charAt(0) == '-'
        && rest.chars().skip(1).allMatch(c -> c >= '0' && c <= '9')
        && (rest.length() > 1 || mayBeCut);
  }

  private static String cut(String name) {
    return name.length() > COMM_LENGTH ? name.substring(0, COMM_LENGTH) : name;
  }
}
