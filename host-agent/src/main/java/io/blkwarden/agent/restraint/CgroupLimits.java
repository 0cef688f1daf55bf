package io.blkwarden.agent.restraint;

import io.blkwarden.agent.files.FileFault;
import io.blkwarden.agent.kernel.BlockDevice;
import io.blkwarden.agent.kernel.BlockTree;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.model.DeviceNumber;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Limits by {@code io.max} of cgroup v2 in {@code /sys/fs/cgroup}.
 *
 * <p>The first limit enables the {@code io} controller for children of the root; it stays enabled,
 * because others may depend on it by then. The controller is available only if no cgroup v1
 * hierarchy uses it; this class mounts nothing.
 *
 * @param files reads below the root
 * @param root the same root, for writes
 */
public record CgroupLimits(KernelFiles files, Path root) implements LimitGroups {
  private static final String TREE = "sys/fs/cgroup";
  private static final String IO = "io";
  private static final String UNIFIED = "0::";

  /** The limits in a line such as {@code 253:1 rbps=max wbps=max riops=20 wiops=20}. */
  private static final Pattern SAME_IOPS = Pattern.compile(" riops=([0-9]{1,9}) wiops=\\1(?: |$)");

  @Override
  public Optional<String> unavailable() {
    String path = TREE + "/cgroup.controllers";
    return switch (files.read(path)) {
      case ReadResult.Present<String>(String controllers) when has(controllers, IO) ->
          Optional.empty();
      case ReadResult.Present<String>(String controllers) ->
          Optional.of(
              "%s: expected io, found '%s'; is the blkio controller of cgroup v1 mounted?"
                  .formatted(path, controllers.strip()));
      case ReadResult<String> none ->
          Optional.of(none.describe() + "; limits need cgroup v2 at /sys/fs/cgroup");
    };
  }

  private static boolean has(String words, String word) {
    return Arrays.asList(words.strip().split("\\s+")).contains(word);
  }

  @Override
  public ReadResult<String> groupOf(int pid) {
    return files.parse("proc/" + pid + "/cgroup", CgroupLimits::unifiedGroup);
  }

  @Override
  public ReadResult<DeviceNumber> limited(DeviceNumber device) {
    return BlockDevice.numbered(files, device)
        .flatMap(found -> BlockDevice.named(files, found.disk()))
        .map(BlockDevice::number);
  }

  @Override
  public ReadResult<DeviceNumber> below(String file) {
    List<String> names = new BlockTree(files, List.of()).belowFile(file);
    return names.size() == 1
        ? BlockDevice.named(files, names.getFirst()).map(BlockDevice::number)
        : ReadResult.absent("the block device of " + file);
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
    String path = TREE + (group.equals(ROOT) ? "" : group) + "/cgroup.subtree_control";
    return files.read(path).map(text -> has(text, IO)).orElse(false)
        ? Optional.empty()
        : write(group, "cgroup.subtree_control", "+" + IO);
  }

  private Optional<String> make(String group) {
    try {
      Files.createDirectory(at(group));
      return Optional.empty();
    } catch (FileAlreadyExistsException _) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(reason(at(group), e));
    }
  }

  @Override
  public ReadResult<Integer> limitOf(String group, DeviceNumber device) {
    return files.read(TREE + group + "/io.max").flatMap(lines -> perSecond(lines, device));
  }

  /** The group of a line such as {@code 0::/blkwarden/01JD}; others are of cgroup v1. */
  private static ReadResult<String> unifiedGroup(String lines) {
    return lines
        .lines()
        .filter(line -> line.startsWith(UNIFIED + "/"))
        .findFirst()
        .map(line -> ReadResult.present(line.substring(UNIFIED.length())))
        .orElseGet(() -> ReadResult.malformed("cgroup", "a line '0::/...'", lines.strip()));
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

  @Override
  public Optional<String> move(int pid, String group) {
    return write(group, "cgroup.procs", String.valueOf(pid));
  }

  @Override
  public Optional<String> remove(String group) {
    if (!group.startsWith(TOP + "/")) {
      return Optional.of("%s: expected a group below %s".formatted(group, TOP));
    }
    files
        .read(TREE + group + "/cgroup.procs")
        .orElse("")
        .lines()
        .filter(line -> line.matches("[0-9]{1,7}"))
        .forEach(pid -> move(Integer.parseInt(pid), ROOT));
    try {
      Files.deleteIfExists(at(group));
    } catch (IOException e) {
      return Optional.of(reason(at(group), e));
    }
    removeTopIfEmpty();
    return Optional.empty();
  }

  private void removeTopIfEmpty() {
    try {
      Files.deleteIfExists(at(TOP));
    } catch (IOException _) {
      // it contains the group of another lease, which removes it later
    }
  }

  @Override
  public ReadResult<List<String>> groups() {
    return switch (files.list(TREE + TOP)) {
      case ReadResult.Present<List<String>>(List<String> names) ->
          ReadResult.present(
              names.stream()
                  .filter(name -> Files.isDirectory(at(TOP + "/" + name)))
                  .map(name -> TOP + "/" + name)
                  .toList());
      case ReadResult.Absent<List<String>> _ -> ReadResult.present(List.of());
      case ReadResult<List<String>> other -> other;
    };
  }

  private Path at(String group) {
    return root.resolve(TREE + group);
  }

  private Optional<String> write(String group, String file, String text) {
    Path path = at(group).resolve(file);
    try {
      FileFault.write(path, text);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s ('%s')".formatted(reason(path, e), text));
    }
  }

  private static String reason(Path path, IOException e) {
    String words =
        switch (e) {
          case NoSuchFileException _ -> "does not exist";
          case AccessDeniedException _ -> "permission denied";
          default -> FileFault.text(e);
        };
    return path + ": " + words;
  }
}
