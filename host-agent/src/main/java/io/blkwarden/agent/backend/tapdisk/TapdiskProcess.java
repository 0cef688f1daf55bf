package io.blkwarden.agent.backend.tapdisk;

import io.blkwarden.agent.backend.type.DiskProcess;
import io.blkwarden.agent.backend.type.DiskProcess.Ring;
import io.blkwarden.agent.backend.type.OpenFiles;
import io.blkwarden.agent.backend.type.ProcessKind;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The process of a tapdisk.
 *
 * <p>Of a ring it has two files open exactly while the ring is connected: {@code
 * /dev/shm/td3-PID/vbd-DOMID-DEVID} and {@code /dev/shm/vbd3-DOMID-DEVID/statistics} (blktap 3.37
 * to 4.0). The files themselves prove nothing: they remain when a tapdisk is killed. A tapdisk of
 * vhd or raw images has one thread, one of qcow2 images one more per image, so all threads of the
 * process are workers of its disks.
 */
public final class TapdiskProcess implements ProcessKind {
  private static final Pattern EXECUTABLE = Pattern.compile("/.*/tapdisk");
  private static final Pattern STATISTICS =
      Pattern.compile("/dev/shm/vbd3-(\\d{1,5})-(\\d{1,9})/statistics");
  private static final Pattern TAPDEV = Pattern.compile("/dev/xen/blktap-2/blktap(\\d{1,7})");
  private static final Pattern TAPDEV_MAJOR = Pattern.compile("(?m)^\\s*(\\d{1,4}) tapdev$");

  @Override
  public WorkerKind workers() {
    return WorkerKind.TAPDISK;
  }

  @Override
  public boolean named(String comm) {
    return comm.equals("tapdisk");
  }

  @Override
  public Pattern executable() {
    return EXECUTABLE;
  }

  @Override
  public ReadResult<DiskProcess> read(KernelFiles files, List<Worker> threads, OpenFiles open) {
    int pid = threads.getFirst().pid();
    Set<Ring> rings =
        open.matching(STATISTICS)
            .map(ring -> new Ring(Integer.parseInt(ring.group(1)), Integer.parseInt(ring.group(2))))
            .filter(ring -> open.names().contains("/" + VbdStatistics.path(pid, ring)))
            .collect(Collectors.toSet());
    return ReadResult.present(
        new DiskProcess(threads, rings, tapdevs(files, open), null, open.images()));
  }

  private static Set<DeviceNumber> tapdevs(KernelFiles files, OpenFiles open) {
    return tapdevMajor(files).stream()
        .boxed()
        .flatMap(major ->
            open.matching(TAPDEV)
                .map(minor -> new DeviceNumber(major, Integer.parseInt(minor.group(1)))))
        .collect(Collectors.toSet());
  }

  /**
   * The major number of the kernel's blktap, which XCP-ng 8 has. On such a device blkback's threads
   * only pass requests on to a tapdisk.
   */
  public static OptionalInt tapdevMajor(KernelFiles files) {
    Matcher line = TAPDEV_MAJOR.matcher(files.read("proc/devices").orElse(""));
    return line.find() ? OptionalInt.of(Integer.parseInt(line.group(1))) : OptionalInt.empty();
  }
}
