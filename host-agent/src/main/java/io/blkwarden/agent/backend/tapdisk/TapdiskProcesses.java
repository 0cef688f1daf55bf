package io.blkwarden.agent.backend.tapdisk;

import io.blkwarden.agent.backend.type.DiskProcess;
import io.blkwarden.agent.backend.type.DiskProcesses;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.agent.kernel.TaskStats;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tapdisks of a host and the disks that each serves.
 *
 * <p>A tapdisk of vhd or raw images has one thread, one of qcow2 images one more per image, so all
 * threads of the process are workers of its disks.
 */
public final class TapdiskProcesses {
  private static final String COMM = "tapdisk";
  private static final Pattern EXECUTABLE = Pattern.compile("/.*/tapdisk(?: \\(deleted\\))?");
  private static final Pattern TAPDEV_MAJOR = Pattern.compile("(?m)^\\s*(\\d{1,4}) tapdev$");

  private final KernelFiles files;
  private final IntFunction<ReadResult<IoPriority>> priorities;

  /**
   * A finder.
   *
   * @param priorities reads the I/O priority of a task
   */
  public TapdiskProcesses(KernelFiles files, IntFunction<ReadResult<IoPriority>> priorities) {
    this.files = files;
    this.priorities = priorities;
  }

  /** Reads the tapdisks among a host's processes. */
  public DiskProcesses among(List<TaskStat> tasks) {
    Integer tapdevMajor = tapdevMajor();
    List<DiskProcess> found = new ArrayList<>();
    Optional<String> fault = Optional.empty();
    for (TaskStat task : tasks) {
      if (task.comm().equals(COMM) && !task.isKernelThread()) {
        switch (process(task, tapdevMajor)) {
          case ReadResult.Present<DiskProcess>(DiskProcess process) -> found.add(process);
          case ReadResult.Absent<DiskProcess> _ -> {}
          case ReadResult<DiskProcess> other ->
              fault = Optional.of("tapdisk %d: %s".formatted(task.id().pid(), other.describe()));
        }
      }
    }
    return new DiskProcesses(found, tapdevMajor == null ? Set.of() : Set.of(tapdevMajor), fault);
  }

  /** Reads one tapdisk again; absent when the process is no tapdisk any more. */
  public ReadResult<DiskProcess> process(int pid) {
    return TaskStat.read(files, pid).flatMap(task -> process(task, tapdevMajor()));
  }

  /** The major number of the kernel's blktap, which XCP-ng 8 has. */
  private @Nullable Integer tapdevMajor() {
    Matcher line = TAPDEV_MAJOR.matcher(files.read("proc/devices").orElse(""));
    return line.find() ? Integer.valueOf(line.group(1)) : null;
  }

  private ReadResult<DiskProcess> process(TaskStat task, @Nullable Integer tapdevMajor) {
    int pid = task.id().pid();
    ReadResult<String> executable = files.link("proc/" + pid + "/exe");
    if (!executable.map(path -> EXECUTABLE.matcher(path).matches()).orElse(true)) {
      return ReadResult.absent("tapdisk " + pid);
    }
    return executable
        .flatMap(_ -> OpenFiles.read(files, pid))
        .flatMap(open ->
            TaskStats.threads(files, pid)
                .flatMap(threads -> workers(task, threads))
                .map(workers ->
                    new DiskProcess(
                        workers, open.rings(pid), devices(open, tapdevMajor), open.image())));
  }

  private static Set<DeviceNumber> devices(OpenFiles open, @Nullable Integer tapdevMajor) {
    return tapdevMajor == null
        ? Set.of()
        : open.tapdevs().stream()
            .map(minor -> new DeviceNumber(tapdevMajor, minor))
            .collect(Collectors.toSet());
  }

  /** The threads, if the process is still the same after its files were read. */
  private ReadResult<List<Worker>> workers(TaskStat task, TaskStats threads) {
    if (threads.firstFault().isPresent()) {
      return ReadResult.failed(threads.firstFault().get());
    }
    if (threads.all().stream().noneMatch(thread -> thread.id().equals(task.id()))) {
      return ReadResult.absent("tapdisk " + task.id().pid());
    }
    return ReadResult.present(
        threads.all().stream()
            .sorted(Comparator.comparing(thread -> !thread.id().equals(task.id())))
            .map(this::worker)
            .toList());
  }

  private Worker worker(TaskStat thread) {
    return new Worker(
        WorkerKind.TAPDISK,
        null,
        thread.id().pid(),
        thread.id().startTicks(),
        thread.comm(),
        priorities.apply(thread.id().pid()).toOptional().orElse(null),
        Proof.OPEN_FILES);
  }
}
