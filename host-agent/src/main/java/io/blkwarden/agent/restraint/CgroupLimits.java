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
import java.util.function.Predicate;

/** Groups of ours in a cgroup hierarchy; what both versions have in common. */
public abstract sealed class CgroupLimits implements LimitGroups
    permits CgroupV1Limits, CgroupV2Limits {
  /** Reads below the root. */
  protected final KernelFiles files;

  private final Path root;
  private final String tree;
  private final String members;

  /**
   * Groups in a hierarchy.
   *
   * @param root the root of {@code files}, for writes
   * @param tree where the hierarchy is mounted, below the root
   * @param members the file of a group that lists and takes its tasks
   */
  CgroupLimits(KernelFiles files, Path root, String tree, String members) {
    this.files = files;
    this.root = root;
    this.tree = tree;
    this.members = members;
  }

  /** The groups of a host: cgroup v1 if its blkio controller is mounted, else v2. */
  public static LimitGroups of(KernelFiles files, Path root) {
    LimitGroups first = new CgroupV1Limits(files, root);
    return first.unavailable().isEmpty() ? first : new CgroupV2Limits(files, root);
  }

  /** The group in a line of {@code /proc/PID/cgroup} that starts with these fields. */
  final ReadResult<String> groupOf(int pid, String expected, Predicate<String[]> line) {
    return files.parse(
        "proc/" + pid + "/cgroup",
        text ->
            text.lines()
                .map(each -> each.split(":", 3))
                .filter(fields -> fields.length == 3 && line.test(fields))
                .map(fields -> ReadResult.present(fields[2]))
                .findFirst()
                .orElseGet(() -> ReadResult.malformed("cgroup", expected, text.strip())));
  }

  @Override
  public final ReadResult<DeviceNumber> limited(DeviceNumber device) {
    return BlockDevice.numbered(files, device)
        .flatMap(found -> BlockDevice.named(files, found.disk()))
        .map(BlockDevice::number);
  }

  @Override
  public final ReadResult<DeviceNumber> below(String file) {
    List<String> names = new BlockTree(files, List.of()).belowFile(file);
    return names.size() == 1
        ? BlockDevice.named(files, names.getFirst()).map(BlockDevice::number)
        : ReadResult.absent("the block device of " + file);
  }

  static boolean has(String words, String word) {
    return Arrays.asList(words.strip().split("\\s+")).contains(word);
  }

  /** Creates a group unless it exists; returns the error. */
  final Optional<String> make(String group) {
    try {
      Files.createDirectory(at(group));
      return Optional.empty();
    } catch (FileAlreadyExistsException _) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(reason(at(group), e));
    }
  }

  final String path(String group, String file) {
    return tree + (group.equals(ROOT) ? "" : group) + "/" + file;
  }

  @Override
  public final Optional<String> move(int pid, String group) {
    return write(group, members, String.valueOf(pid));
  }

  @Override
  public final Optional<String> remove(String group) {
    if (!group.startsWith(TOP + "/")) {
      return Optional.of("%s: expected a group below %s".formatted(group, TOP));
    }
    files
        .read(path(group, members))
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
  public final ReadResult<List<String>> groups() {
    return switch (files.list(tree + TOP)) {
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
    return root.resolve(tree + group);
  }

  /** Writes a group's file; returns the error. */
  final Optional<String> write(String group, String file, String text) {
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
