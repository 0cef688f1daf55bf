package io.blkwarden.agent.kernel;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The paths of NVMe native multipath: hidden block devices {@code nvmeScCnN} below the device
 * {@code nvmeSnN} that volumes are on.
 *
 * <p>Linux up to 6.1 counts I/O on the path only, so the device's own counters stay at 0.
 */
public final class NvmePath {
  private static final Pattern HEAD = Pattern.compile("nvme(\\d{1,9})n(\\d{1,9})");
  private static final Pattern PATH = Pattern.compile("nvme(\\d{1,9})c\\d{1,9}n(\\d{1,9})");

  private NvmePath() {}

  /** The name, if it is one of a path. */
  static @Nullable String nameIn(String name) {
    return PATH.matcher(name).matches() ? name : null;
  }

  /**
   * The names of a device's paths, as {@code /sys/block} and {@code /proc/diskstats} have them.
   *
   * @param device kernel name of the device; one that is not NVMe's has no paths
   * @param counted where {@code /proc/diskstats} was read
   */
  public static List<String> of(KernelFiles files, String device, DiskStats counted) {
    Matcher head = HEAD.matcher(device);
    if (!head.matches()) {
      return List.of();
    }
    TreeSet<String> paths = new TreeSet<>();
    Stream.concat(files.list("sys/block").orElse(List.of()).stream(), counted.pathNames().stream())
        .filter(name -> isPathOf(name, head))
        .forEach(paths::add);
    return List.copyOf(paths);
  }

  private static boolean isPathOf(String name, Matcher head) {
    Matcher path = PATH.matcher(name);
    return path.matches()
        && path.group(1).equals(head.group(1))
        && path.group(2).equals(head.group(2));
  }
}
