package io.blkwarden.agent.kernel;

import io.blkwarden.model.DeviceNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The mounted file systems, in the order in which they were mounted.
 *
 * <p>Source: {@code /proc/PID/mountinfo}, or {@code /proc/mounts}, which tells no numbers. Both
 * write a space in a path as {@code \\040}.
 *
 * @param mounts all of them
 */
public record MountTable(List<Mount> mounts) {
  private static final int MOUNT_POINT = 4;
  private static final int NUMBER = 2;

  /**
   * One mounted file system.
   *
   * @param point where it is mounted
   * @param device its device; absent when it has no device of its own, or when that is not told
   * @param source what is mounted, such as {@code /dev/sda1}
   */
  public record Mount(String point, @Nullable DeviceNumber device, String source) {
    private boolean covers(String path) {
      return point.equals("/") || path.equals(point) || path.startsWith(point + "/");
    }
  }

  public MountTable {
    mounts = List.copyOf(mounts);
  }

  /** Parses {@code mountinfo}; lines of another form are left out. */
  public static MountTable ofMountInfo(String text) {
    List<Mount> mounts = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] halves = line.split(" - ", 2);
      String[] before = halves[0].split(" ", -1);
      String[] after = halves.length < 2 ? new String[0] : halves[1].split(" ", -1);
      if (before.length > MOUNT_POINT && after.length > 1) {
        mounts.add(new Mount(plain(before[MOUNT_POINT]), number(before[NUMBER]), plain(after[1])));
      }
    }
    return new MountTable(mounts);
  }

  /** Parses {@code /proc/mounts}. */
  public static MountTable ofMounts(String text) {
    List<Mount> mounts = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] fields = line.split(" ", -1);
      if (fields.length > 2) {
        mounts.add(new Mount(plain(fields[1]), null, plain(fields[0])));
      }
    }
    return new MountTable(mounts);
  }

  /** The file system that holds a path: of those mounted at the same place the last one. */
  public Optional<Mount> of(String path) {
    Mount found = null;
    for (Mount mount : mounts) {
      if (mount.covers(path)
          && (found == null || mount.point().length() >= found.point().length())) {
        found = mount;
      }
    }
    return Optional.ofNullable(found);
  }

  private static @Nullable DeviceNumber number(String text) {
    return BlockDevice.parseNumber(text)
        .toOptional()
        .filter(number -> number.major() != 0)
        .orElse(null);
  }

  private static String plain(String field) {
    return field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
