package io.blkwarden.agent.backend.blkback;

import java.util.Optional;
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
 * @param whole whether the name is certainly not truncated
 * @param comm the name as the kernel shows it
 */
public record BlkbackName(Style style, int domid, boolean whole, String comm) {
  /** Naming schemes of these threads; the form's groups are domid, device and ring. */
  public enum Style {
    /** {@code 137.xvda2-0}: mainline from 4.5 to 4.9 on; one thread per ring. */
    RING("(\\d{1,5})\\.(.+?)(?:-(\\d{0,4}))?"),
    /** {@code blkback.137.xvd}: older mainline, and SUSE; one thread per disk. */
    SINGLE("blkback\\.(\\d{1,5})\\..+"),
    /** {@code xvd 137 fd:14}: old XenLinux, hexadecimal; one thread per disk. */
    NUMBERED("xvd (\\d{1,5}) [0-9a-f]{2,3}:[0-9a-f]{0,5}");

    private final Pattern form;

    Style(String form) {
      this.form = Pattern.compile(form);
    }
  }

  /** Characters of a name that every kernel shows ({@code TASK_COMM_LEN} without the final NUL). */
  public static final int COMM_LENGTH = 15;

  /** Parses a name; empty if it is not a blkback thread's. */
  public static Optional<BlkbackName> parse(String comm) {
    for (Style style : Style.values()) {
      Matcher name = style.form.matcher(comm);
      if (name.matches()) {
        int domid = Integer.parseInt(name.group(1));
        if (style != Style.RING) {
          return Optional.of(new BlkbackName(style, domid, comm.length() < COMM_LENGTH, comm));
        }
        boolean truncated = comm.length() == COMM_LENGTH;
        boolean whole = !truncated && name.end(2) < COMM_LENGTH;
        boolean hasRing = name.start(3) < name.end(3);
        return truncated || hasRing
            ? Optional.of(new BlkbackName(style, domid, whole, comm))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }
}
