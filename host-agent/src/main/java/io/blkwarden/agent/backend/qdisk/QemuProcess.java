package io.blkwarden.agent.backend.qdisk;

import io.blkwarden.agent.backend.type.DiskProcess;
import io.blkwarden.agent.backend.type.OpenFiles;
import io.blkwarden.agent.backend.type.ProcessKind;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The QEMU that serves the disks of one guest.
 *
 * <p>libxl starts it with {@code -xen-domid DOMID}; a disk is proven by that number and by its
 * image among the open files. Each disk has an I/O thread, which has no name of its own, and
 * threads of a pool come and go; only QEMU itself knows which thread works for which disk. So with
 * {@code O_DIRECT}, as {@code direct-io-safe} sets it, all threads are workers of all its disks.
 *
 * <p>Without {@code O_DIRECT}, the default, threads of the kernel write the page cache to the
 * device (seen on Linux 6.12: none of the writes came from QEMU). Then the main thread stands for
 * the process.
 */
public final class QemuProcess implements ProcessKind {
  private static final Pattern EXECUTABLE = Pattern.compile("/.*/[a-z0-9_.-]*qemu[a-z0-9_.-]*");
  private static final Pattern GUEST =
      Pattern.compile("(?:^|.*\0)-{1,2}xen-domid(?:\0|=)(\\d{1,5})(?:\0.*|$)", Pattern.DOTALL);

  @Override
  public WorkerKind workers() {
    return WorkerKind.QEMU;
  }

  @Override
  public boolean named(String comm) {
    return comm.contains("qemu"); // Debian: xen-qemu-system-i386
  }

  @Override
  public Pattern executable() {
    return EXECUTABLE;
  }

  @Override
  public ReadResult<DiskProcess> read(KernelFiles files, List<Worker> threads, OpenFiles open) {
    String arguments = "proc/" + threads.getFirst().pid() + "/cmdline";
    return files
        .read(arguments)
        .map(GUEST::matcher)
        .flatMap(guest ->
            guest.matches()
                ? ReadResult.present(process(Integer.parseInt(guest.group(1)), threads, open))
                : ReadResult.absent("-xen-domid in " + arguments));
  }

  private static DiskProcess process(int guest, List<Worker> threads, OpenFiles open) {
    boolean cached = open.images().stream().allMatch(OpenFiles.Image::cached);
    List<Worker> workers = cached ? threads.subList(0, 1) : threads;
    return new DiskProcess(workers, Set.of(), Set.of(), guest, open.images());
  }
}
