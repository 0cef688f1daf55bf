package io.blkwarden.agent.restraint;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Limits by {@code io.max} of cgroup v2 in {@code /sys/fs/cgroup}.
 *
 * <p>The first limit enables the {@code io} controller for children of the root; it stays enabled,
 * because others may depend on it by then. The controller is available only if no cgroup v1
 * hierarchy uses it; this class mounts nothing. A process moves with all its threads.
 */
final class CgroupV2Limits extends CgroupLimits {
  private static final String IO = "io";

  /** The limits in a line such as {@code 253:1 rbps=max wbps=max riops=20 wiops=20}. */
  private static final Pattern SAME_IOPS = Pattern.compile(" riops=([0-9]{1,9}) wiops=\\1(?: |$)");

  /**
   * The hierarchy below a root.
   *
   * @param root the root of {@code files}, for writes
   */
  CgroupV2Limits(KernelFiles files, Path root) {
    super(files, root, "sys/fs/cgroup", "cgroup.procs");
  }

  @Override
  public Optional<String> unavailable() {
    String path = path(ROOT, "cgroup.controllers");
    return switch (files.read(path)) {
      case ReadResult.Present<String>(String controllers) when has(controllers, IO) ->
          Optional.empty();
      case ReadResult.Present<String>(String controllers) ->
          Optional.of("%s: expected io, found '%s'".formatted(path, controllers.strip()));
      case ReadResult<String> none ->
          Optional.of(
              none.describe()
                  + "; limits need cgroup v2 at /sys/fs/cgroup, or the blkio controller of cgroup"
                  + " v1 at /sys/fs/cgroup/blkio");
    };
  }

  @Override
  public String hierarchy() {
    return "io.max of cgroup v2";
  }

  @Override
  public ReadResult<String> groupOf(int pid) {
    return groupOf(pid, "a line '0::/...'", fields -> fields[0].equals("0") && fields[1].isEmpty());
  }

  @Override
  public Optional<String> limit(String group, DeviceNumber device, int perSecond) {
    return enable(ROOT)
        .or(() -> make(TOP))
        .or(() -> enable(TOP))
        .or(() -> make(group))
        .or(() -> write(group, "io.max", "%s riops=%2$d wiops=%2$d".formatted(device, perSecond)));
  }

  private Optional<String> enable(String group) {
    return files
            .read(path(group, "cgroup.subtree_control"))
            .map(text -> has(text, IO))
            .orElse(false)
        ? Optional.empty()
        : write(group, "cgroup.subtree_control", "+" + IO);
  }

  @Override
  public ReadResult<Integer> limitOf(String group, DeviceNumber device) {
    return files.read(path(group, "io.max")).flatMap(lines -> perSecond(lines, device));
  }

  /** A device's limit in {@code io.max}; malformed if reads and writes have different ones. */
  private static ReadResult<Integer> perSecond(String lines, DeviceNumber device) {
    Optional<String> line = lines.lines().filter(each -> each.startsWith(device + " ")).findFirst();
    if (line.isEmpty()) {
      return ReadResult.absent("io.max of " + device);
    }
    Matcher iops = SAME_IOPS.matcher(line.get());
    return iops.find()
        ? ReadResult.present(Integer.valueOf(iops.group(1)))
        : ReadResult.malformed("io.max", "the same riops and wiops", line.get());
  }
}
