package io.blkwarden.agent.backend.type;

import io.blkwarden.agent.kernel.BlockDevice;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The open files of a process, which prove what it serves.
 *
 * <p>Sources: the links in {@code /proc/PID/fd} and the flags in {@code /proc/PID/fdinfo}; they
 * need {@code CAP_SYS_PTRACE} if the process has more capabilities than the agent.
 *
 * @param names targets of the links
 * @param images those that may be an image of a disk
 */
public record OpenFiles(Set<String> names, Set<Image> images) {
  private static final Pattern NO_IMAGE =
      Pattern.compile(
          "(?!/).*|/(?:dev/shm|dev/xen|proc|sys|var/log|(?:var/)?run/blktap-control)/.*");
  private static final String DEV = "/dev/";

  /**
   * An open file or block device.
   *
   * @param path its path
   * @param device its number; absent for a file
   * @param writable whether it is open for writing
   * @param cached whether writes only reach the page cache, so that threads of the kernel write
   *     them to the device: opened without {@code O_DIRECT} and {@code O_DSYNC}
   */
  public record Image(
      String path, @Nullable DeviceNumber device, boolean writable, boolean cached) {
    private static final Pattern FLAGS = Pattern.compile("(?m)^flags:\\s+([0-7]{1,11})$");
    private static final int O_ACCMODE = 3;
    private static final int O_DIRECT_OR_DSYNC = 0x4000 | 0x1000;

    private static Image of(String path, @Nullable DeviceNumber device, String info) {
      Matcher found = FLAGS.matcher(info);
      long flags = found.find() ? Long.parseLong(found.group(1), 8) : 0;
      return new Image(path, device, (flags & O_ACCMODE) != 0, (flags & O_DIRECT_OR_DSYNC) == 0);
    }
  }

  public OpenFiles {
    names = Set.copyOf(names);
    images = Set.copyOf(images);
  }

  /** Reads them. Absent when the process has ended; failed without the right to read them. */
  static ReadResult<OpenFiles> read(KernelFiles files, int pid) {
    return files
        .list("proc/" + pid + "/fd")
        .flatMap(descriptors -> read(files, "proc/" + pid, descriptors));
  }

  private static ReadResult<OpenFiles> read(
      KernelFiles files, String process, List<String> descriptors) {
    Set<String> names = new HashSet<>();
    Set<Image> images = new HashSet<>();
    for (String descriptor : descriptors) {
      switch (files.link(process + "/fd/" + descriptor)) {
        case ReadResult.Present<String>(String name) -> {
          names.add(name);
          DeviceNumber device = name.startsWith(DEV) ? device(files, name) : null;
          if (device != null || !(name.startsWith(DEV) || NO_IMAGE.matcher(name).matches())) {
            String info = files.read(process + "/fdinfo/" + descriptor).orElse("");
            images.add(Image.of(name, device, info));
          }
        }
        case ReadResult.Absent<String> _ -> {} // closed meanwhile
        case ReadResult<String> other -> {
          return other.withoutValue();
        }
      }
    }
    return ReadResult.present(new OpenFiles(names, images));
  }

  private static @Nullable DeviceNumber device(KernelFiles files, String name) {
    return BlockDevice.named(files, name.substring(DEV.length()).replace('/', '!'))
        .map(BlockDevice::number)
        .toOptional()
        .orElse(null);
  }

  /** The names that match a pattern. */
  public Stream<Matcher> matching(Pattern form) {
    return names.stream().map(form::matcher).filter(Matcher::matches);
  }
}
