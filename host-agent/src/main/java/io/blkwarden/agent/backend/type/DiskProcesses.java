package io.blkwarden.agent.backend.type;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.agent.kernel.TaskStats;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Worker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** Reads the processes of a host that serve guest disks. */
public final class DiskProcesses {
  private static final String DELETED = " (deleted)";

  private final KernelFiles files;
  private final IntFunction<ReadResult<IoPriority>> priorities;
  private final List<ProcessKind> kinds;

  /**
   * A reader.
   *
   * @param priorities reads the I/O priority of a task
   * @param kinds kinds of processes to look for
   */
  public DiskProcesses(
      KernelFiles files, IntFunction<ReadResult<IoPriority>> priorities, List<ProcessKind> kinds) {
    this.files = files;
    this.priorities = priorities;
    this.kinds = List.copyOf(kinds);
  }

  /**
   * The processes found.
   *
   * @param all those whose open files could be read
   * @param fault why one could not be read; empty when all were
   */
  public record Found(List<DiskProcess> all, Optional<String> fault) {
    public Found {
      all = List.copyOf(all);
    }
  }

  /** Reads those among a host's processes. */
  public Found among(List<TaskStat> tasks) {
    List<DiskProcess> found = new ArrayList<>();
    Optional<String> fault = Optional.empty();
    for (TaskStat task : tasks) {
      switch (read(task)) {
        case ReadResult.Present<DiskProcess>(DiskProcess process) -> found.add(process);
        case ReadResult.Absent<DiskProcess> _ -> {}
        case ReadResult<DiskProcess> other ->
            fault =
                Optional.of("%s %d: %s".formatted(task.comm(), task.id().pid(), other.describe()));
      }
    }
    return new Found(found, fault);
  }

  /** Reads one process; absent when it serves no disks. */
  public ReadResult<DiskProcess> read(int pid) {
    return TaskStat.read(files, pid).flatMap(this::read);
  }

  private ReadResult<DiskProcess> read(TaskStat task) {
    return task.isKernelThread()
        ? ReadResult.absent("process " + task.id().pid())
        : kinds.stream()
            .filter(kind -> kind.named(task.comm()))
            .findFirst()
            .map(kind -> read(task, kind))
            .orElseGet(() -> ReadResult.absent("process " + task.id().pid()));
  }

  private ReadResult<DiskProcess> read(TaskStat task, ProcessKind kind) {
    int pid = task.id().pid();
    return files
        .link("proc/" + pid + "/exe")
        .map(path -> path.replace(DELETED, ""))
        .flatMap(path ->
            kind.executable().matcher(path).matches()
                ? OpenFiles.read(files, pid)
                : ReadResult.absent(kind.workers().wire() + " " + pid))
        .flatMap(open ->
            TaskStats.threads(files, pid)
                .flatMap(threads -> workers(task, kind, threads))
                .flatMap(workers -> kind.read(files, workers, open)));
  }

  /** The threads, if the process is still the same after its files were read. */
  private ReadResult<List<Worker>> workers(TaskStat task, ProcessKind kind, TaskStats threads) {
    if (threads.firstFault().isPresent()) {
      return ReadResult.failed(threads.firstFault().get());
    }
    if (threads.all().stream().noneMatch(thread -> thread.id().equals(task.id()))) {
      return ReadResult.absent(kind.workers().wire() + " " + task.id().pid());
    }
    return ReadResult.present(
        threads.all().stream()
            .sorted(Comparator.comparing(thread -> !thread.id().equals(task.id())))
            .map(thread -> worker(thread, kind))
            .toList());
  }

  private Worker worker(TaskStat thread, ProcessKind kind) {
    return new Worker(
        kind.workers(),
        null,
        thread.id().pid(),
        thread.id().startTicks(),
        thread.comm(),
        priorities.apply(thread.id().pid()).toOptional().orElse(null),
        Proof.OPEN_FILES);
  }
}
