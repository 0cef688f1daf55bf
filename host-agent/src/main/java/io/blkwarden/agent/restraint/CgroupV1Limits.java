package io.blkwarden.agent.restraint;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Limits by {@code blkio.throttle} of cgroup v1 in {@code /sys/fs/cgroup/blkio}, which XCP-ng and
 * XenServer have (Linux 4.19, {@code block/blk-throttle.c}).
 *
 * <p>The hierarchy is flat: each group has its own limits only. Single threads are moved. Buffered
 * writes are not limited, because the kernel's writeback belongs to the root group.
 */
final class CgroupV1Limits extends CgroupLimits {
  private static final List<String> RULES =
      List.of("blkio.throttle.read_iops_device", "blkio.throttle.write_iops_device");

  /**
   * The hierarchy below a root.
   *
   * @param root the root of {@code files}, for writes
   */
  CgroupV1Limits(KernelFiles files, Path root) {
    super(files, root, "sys/fs/cgroup/blkio", "tasks");
  }

  @Override
  public Optional<String> unavailable() {
    ReadResult<String> rules = files.read(path(ROOT, RULES.getFirst()));
    return rules.isPresent() ? Optional.empty() : Optional.of(rules.describe());
  }

  @Override
  public String hierarchy() {
    return "blkio.throttle of cgroup v1, which does not limit buffered writes";
  }

  @Override
  public ReadResult<String> groupOf(int pid) {
    return groupOf(
        pid,
        "a line 'N:blkio:/...'",
        fields -> List.of(fields[1].split(",", -1)).contains("blkio"));
  }

  @Override
  public Optional<String> limit(String group, DeviceNumber device, int perSecond) {
    String rule = device + " " + perSecond;
    return make(TOP)
        .or(() -> make(group))
        // inherited from the parent; the release agent must not run for our groups
        .or(() -> write(group, "notify_on_release", "0"))
        .or(() -> RULES.stream().flatMap(file -> write(group, file, rule).stream()).findFirst());
  }

  @Override
  public ReadResult<Integer> limitOf(String group, DeviceNumber device) {
    return rule(group, RULES.getFirst(), device)
        .flatMap(reads ->
            rule(group, RULES.getLast(), device)
                .flatMap(writes ->
                    reads.equals(writes)
                        ? ReadResult.present(reads)
                        : ReadResult.malformed(
                            path(group, RULES.getLast()), "limit " + reads, "" + writes)));
  }

  private ReadResult<Integer> rule(String group, String file, DeviceNumber device) {
    String start = device + " ";
    return files
        .read(path(group, file))
        .flatMap(lines ->
            lines
                .lines()
                .filter(line ->
                    line.startsWith(start) && line.substring(start.length()).matches("[0-9]{1,9}"))
                .map(line -> ReadResult.present(Integer.valueOf(line.substring(start.length()))))
                .findFirst()
                .orElseGet(() -> ReadResult.absent(file + " of " + device)));
  }
}
