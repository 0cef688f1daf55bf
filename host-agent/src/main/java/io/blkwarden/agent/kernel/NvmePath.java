package io.blkwarden.agent.kernel;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The paths of NVMe native multipath: hidden block devices {@code nvmeScCnN} below {@code nvmeSnN}.
 *
 * <p>Linux up to 6.1 counts I/O on the paths only; the device's own counters stay at 0.
 */
public final class NvmePath {
  private static final Pattern HEAD = Pattern.compile("nvme(\\d{1,9})n(\\d{1,9})");
  private static final Pattern PATH = Pattern.compile("nvme\\d{1,9}c\\d{1,9}n\\d{1,9}");

  private NvmePath() {}

  /** The name if it is a path's, else null. */
  static @Nullable String nameIn(String name) {
    return PATH.matcher(name).matches() ? name : null;
  }

  /**
   * The names of a device's paths in {@code /sys/block} and {@code /proc/diskstats}.
   *
   * @param device kernel name; devices other than NVMe have no paths
   * @param counted the last reading of {@code /proc/diskstats}
   */
  public static List<String> of(KernelFiles files, String device, DiskStats counted) {
    Matcher head = HEAD.matcher(device);
    if (!head.matches()) {
      return List.of();
    }
    Pattern path = Pattern.compile("nvme%sc\\d{1,9}n%s".formatted(head.group(1), head.group(2)));
    return Stream.concat(
            files.list("sys/block").orElse(List.of()).stream(), counted.pathNames().stream())
        .filter(path.asMatchPredicate())
        .distinct()
        .sorted()
        .toList();
  }
}
