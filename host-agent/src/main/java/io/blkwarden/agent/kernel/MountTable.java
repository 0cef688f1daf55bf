package io.blkwarden.agent.kernel;

import io.blkwarden.model.DeviceNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The mounted file systems in mount order.
 *
 * <p>Source: {@code /proc/PID/mountinfo}, which writes a space in a path as {@code \\040}.
 *
 * @param mounts all mounts
 */
public record MountTable(List<Mount> mounts) {
  private static final int MOUNT_POINT = 4;
  private static final int NUMBER = 2;

  /**
   * One mounted file system.
   *
   * @param point where it is mounted
   * @param device its device; absent when it has none
   * @param source mounted device, such as {@code /dev/sda1}
   */
  public record Mount(String point, @Nullable DeviceNumber device, String source) {
    private boolean covers(String path) {
      return point.equals("/") || path.equals(point) || path.startsWith(point + "/");
    }
  }

  public MountTable {
    mounts = List.copyOf(mounts);
  }

  /** Parses {@code mountinfo}; malformed lines are skipped. */
  public static MountTable ofMountInfo(String text) {
    List<Mount> mounts = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] halves = line.split(" - ", 2);
      String[] before = halves[0].split(" ", -1);
      String[] after = halves.length < 2 ? new String[0] : halves[1].split(" ", -1);
      if (before.length > MOUNT_POINT && after.length > 1) {
        mounts.add(
            new Mount(unescape(before[MOUNT_POINT]), number(before[NUMBER]), unescape(after[1])));
      }
    }
    return new MountTable(mounts);
  }

  /** The file system of a path: the longest mount point, and the last one mounted there. */
  public Optional<Mount> of(String path) {
    return mounts.stream()
        .filter(mount -> mount.covers(path))
        .reduce((found, mount) -> mount.point().length() >= found.point().length() ? mount : found);
  }

  private static @Nullable DeviceNumber number(String text) {
    return BlockDevice.parseNumber(text)
        .toOptional()
        .filter(number -> number.major() != 0)
        .orElse(null);
  }

  private static String unescape(String field) {
    return field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
