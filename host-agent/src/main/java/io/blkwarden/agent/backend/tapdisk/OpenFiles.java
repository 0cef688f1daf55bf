package io.blkwarden.agent.backend.tapdisk;

import io.blkwarden.agent.backend.type.DiskProcess.Ring;
import io.blkwarden.agent.kernel.BlockDevice;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The open files of a tapdisk, which prove what it serves.
 *
 * <p>Source: the links in {@code /proc/PID/fd}; they need {@code CAP_SYS_PTRACE}, because a tapdisk
 * has more capabilities than the agent. Of a ring it has two files open exactly while the ring is
 * connected: {@code /dev/shm/td3-PID/vbd-DOMID-DEVID} and {@code
 * /dev/shm/vbd3-DOMID-DEVID/statistics} (blktap 3.37 to 4.0). The files themselves prove nothing:
 * they remain when a tapdisk is killed.
 *
 * @param names targets of the links
 * @param image the image, if exactly one is open
 */
record OpenFiles(Set<String> names, @Nullable String image) {
  private static final Pattern STATISTICS =
      Pattern.compile("/dev/shm/vbd3-(\\d{1,5})-(\\d{1,9})/statistics");
  private static final Pattern TAPDEV = Pattern.compile("/dev/xen/blktap-2/blktap(\\d{1,7})");
  private static final Pattern NO_IMAGE =
      Pattern.compile(
          "(?!/).*|/(?:dev/shm|dev/xen|proc|sys|var/log|(?:var/)?run/blktap-control)/.*");
  private static final Pattern FLAGS = Pattern.compile("(?m)^flags:\\s+([0-7]{1,11})$");
  private static final int ACCESS_MODE = 3;
  private static final String DEV = "/dev/";

  OpenFiles {
    names = Set.copyOf(names);
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
    Set<String> writable = new HashSet<>(); // the last image of a chain
    Set<String> readable = new HashSet<>(); // its parents, or a read-only image
    for (String descriptor : descriptors) {
      switch (files.link(process + "/fd/" + descriptor)) {
        case ReadResult.Present<String>(String name) -> {
          names.add(name);
          if (isImage(files, name)) {
            String info = files.read(process + "/fdinfo/" + descriptor).orElse("");
            (isWritable(info) ? writable : readable).add(name);
          }
        }
        case ReadResult.Absent<String> _ -> {} // closed meanwhile
        case ReadResult<String> other -> {
          return other.withoutValue();
        }
      }
    }
    Set<String> images = writable.isEmpty() ? readable : writable;
    return ReadResult.present(
        new OpenFiles(names, images.size() == 1 ? images.iterator().next() : null));
  }

  private static boolean isImage(KernelFiles files, String name) {
    return !NO_IMAGE.matcher(name).matches()
        && (!name.startsWith(DEV)
            || BlockDevice.named(files, name.substring(DEV.length()).replace('/', '!'))
                .isPresent());
  }

  private static boolean isWritable(String info) {
    Matcher flags = FLAGS.matcher(info);
    return flags.find() && (Long.parseLong(flags.group(1), 8) & ACCESS_MODE) != 0;
  }

  /** The rings of which both files are open. */
  Set<Ring> rings(int pid) {
    return matches(STATISTICS)
        .map(ring -> new Ring(Integer.parseInt(ring.group(1)), Integer.parseInt(ring.group(2))))
        .filter(ring -> names.contains("/" + VbdStatistics.path(pid, ring)))
        .collect(Collectors.toSet());
  }

  /** Minor numbers of the block devices that it serves through the kernel's blktap. */
  Set<Integer> tapdevs() {
    return matches(TAPDEV)
        .map(tapdev -> Integer.valueOf(tapdev.group(1)))
        .collect(Collectors.toSet());
  }

  private Stream<Matcher> matches(Pattern form) {
    return names.stream().map(form::matcher).filter(Matcher::matches);
  }
}
